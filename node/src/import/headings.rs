//! What people call the columns of their tables, in Italian, Slovene, French and English.
//!
//! Words are folded ([`fold_words`](crate::views::fold_words)): lower case, no accents, no punctuation. A target's name itself and its labels in
//! the message catalogue are known besides.

/// The words for one target, with bars between them.
pub struct Heading {
    /// The kind that it is meant for; empty for every kind that has the field.
    pub kind: &'static str,
    /// What the column holds: a field, a half of a position, or something of a contact person.
    pub target: &'static str,
    /// Words in the order of `comin_protocol::schema::LANGUAGES`.
    pub words: [&'static str; 4],
}

const fn of(kind: &'static str, target: &'static str, words: [&'static str; 4]) -> Heading {
    Heading { kind, target, words }
}

const fn any(target: &'static str, words: [&'static str; 4]) -> Heading {
    of("", target, words)
}

/// The table. Of several targets that one word may mean the first that is free is taken.
pub static HEADINGS: &[Heading] = &[
    of(
        "organisation",
        "name",
        [
            "nome|denominazione|ragione sociale|organizzazione|ente|nome ente|nome organizzazione|nome dell organizzazione|associazione|cooperativa|societa|struttura|soggetto",
            "ime|naziv|organizacija|ime organizacije|naziv organizacije|ustanova|drustvo|zavod|podjetje|zadruga",
            "nom|denomination|raison sociale|organisation|organisme|nom de l organisation|nom de l organisme|structure|association|entreprise|etablissement",
            "name|organisation|organization|organisation name|organization name|company|body|association|entity",
        ],
    ),
    of(
        "network",
        "name",
        [
            "nome|rete|nome della rete|denominazione",
            "ime|naziv|mreza|ime mreze|naziv mreze",
            "nom|reseau|nom du reseau|denomination",
            "name|network|network name",
        ],
    ),
    any(
        "title",
        [
            "titolo|nome|denominazione|evento|buona pratica|buona prassi|pratica|titolo evento",
            "naslov|naziv|ime|dogodek|dobra praksa|praksa",
            "titre|nom|intitule|evenement|bonne pratique|pratique",
            "title|name|event|good practice|practice",
        ],
    ),
    any(
        "other_names",
        [
            "altri nomi|altre denominazioni|sigla|acronimo|nome breve|altro nome",
            "druga imena|kratica|kratko ime|skrajsano ime",
            "autres noms|sigle|acronyme|autre nom|nom d usage",
            "other names|acronym|short name|also known as|abbreviation",
        ],
    ),
    any(
        "type",
        [
            "tipo|tipologia|tipo di ente|tipo ente|tipologia ente|forma giuridica|categoria|natura giuridica|tipo di evento",
            "tip|vrsta|vrsta organizacije|tip organizacije|pravna oblika|vrsta dogodka|kategorija",
            "type|type de structure|type d organisation|forme juridique|categorie|statut juridique|type d evenement",
            "type|kind|organisation type|legal form|category|event type",
        ],
    ),
    any(
        "address",
        [
            "indirizzo|via|sede|sede legale|indirizzo sede|recapito postale",
            "naslov|ulica|sedez|postni naslov",
            "adresse|rue|siege|adresse postale|siege social",
            "address|street|street address|postal address",
        ],
    ),
    any(
        "city",
        [
            "citta|comune|localita|luogo|comune sede",
            "mesto|kraj|obcina|posta",
            "ville|commune|localite|lieu",
            "city|town|municipality|locality|place",
        ],
    ),
    any(
        "place",
        [
            "luogo|sede|citta|localita|dove",
            "kraj|lokacija|mesto|prostor",
            "lieu|ville|endroit|adresse",
            "place|venue|location|where|city",
        ],
    ),
    any("country", ["paese|nazione|stato", "drzava", "pays|etat", "country|nation"]),
    any("nuts", ["nuts|codice nuts", "nuts|koda nuts", "nuts|code nuts", "nuts|nuts code|nuts3"]),
    any(
        "position",
        [
            "posizione|coordinate|coordinate gps|gps",
            "polozaj|koordinate|koordinati|gps",
            "position|coordonnees gps|gps|geolocalisation",
            "position|coordinates|gps|location coordinates|lat lon|lat long",
        ],
    ),
    any(
        "position.lat",
        ["lat|latitudine", "zemljepisna sirina|geografska sirina", "latitude", "latitude|y coordinate"],
    ),
    any(
        "position.lon",
        ["lon|lng|long|longitudine", "zemljepisna dolzina|geografska dolzina", "longitude", "longitude|x coordinate"],
    ),
    any(
        "identifiers",
        [
            "codice fiscale|partita iva|p iva|piva|cf|cf piva|c f p iva|codice fiscale partita iva|identificativo|identificativi",
            "davcna stevilka|maticna stevilka|davcna|id za ddv|identifikator|identifikatorji",
            "siret|siren|n siret|n siren|numero siret|numero siren|rna|numero tva|identifiant|identifiants",
            "vat|vat number|tax number|tax id|registration number|identifier|identifiers|company number",
        ],
    ),
    any(
        "target_groups",
        [
            "target|gruppi target|gruppo target|destinatari|utenza|beneficiari|tipologia utenza|gruppi di destinatari",
            "ciljne skupine|ciljna skupina|uporabniki",
            "public|publics|publics cibles|groupes cibles|public cible|beneficiaires|public accueilli",
            "target groups|target group|beneficiaries|clients|who they help",
        ],
    ),
    any(
        "activities",
        [
            "attivita|servizi|servizi offerti|attivita svolte",
            "dejavnost|dejavnosti|storitve|aktivnosti",
            "activites|activite|services|domaines d activite",
            "activities|services|activity|what they do",
        ],
    ),
    any(
        "languages",
        [
            "lingue|lingua|lingue parlate",
            "jeziki|jezik",
            "langues|langue|langues parlees",
            "languages|language|spoken languages",
        ],
    ),
    any(
        "website",
        [
            "sito|sito web|sito internet|web|url|www|pagina web",
            "spletna stran|spletisce|spletno mesto|splet|www|url",
            "site|site web|site internet|url|page web",
            "website|web|site|url|web site|homepage|web page",
        ],
    ),
    any(
        "email",
        [
            "email|e mail|mail|posta elettronica|indirizzo email|email ente|pec",
            "e posta|eposta|elektronska posta|e naslov|elektronski naslov",
            "courriel|e mail|email|mel|adresse mail|adresse e mail|adresse electronique",
            "email|e mail|mail|email address",
        ],
    ),
    any(
        "phone",
        [
            "telefono|tel|telefono fisso|recapito telefonico|numero di telefono|cellulare|centralino",
            "telefon|tel|telefonska stevilka|tel st|gsm|mobitel",
            "telephone|tel|numero de telephone|tel fixe|portable",
            "phone|telephone|tel|phone number|mobile",
        ],
    ),
    any(
        "description",
        [
            "descrizione|presentazione|chi siamo|descrizione attivita",
            "opis|predstavitev|kratek opis",
            "description|presentation|descriptif",
            "description|about|presentation",
        ],
    ),
    any(
        "last_verified",
        [
            "verificato|ultima verifica|data verifica|aggiornato il|ultimo aggiornamento|data aggiornamento",
            "preverjeno|nazadnje preverjeno|zadnja posodobitev|datum preverjanja|posodobljeno",
            "verifie le|derniere verification|date de mise a jour|mise a jour|date de verification",
            "verified|last verified|last update|last updated|date checked|updated on",
        ],
    ),
    any("vision", ["visione|vision", "vizija", "vision", "vision"]),
    any("strategy", ["strategia", "strategija", "strategie", "strategy"]),
    any("contribution", ["contributo", "prispevek", "contribution", "contribution"]),
    any(
        "levels",
        [
            "livello|livelli|livello territoriale|ambito",
            "raven|ravni|stopnja",
            "niveau|niveaux|echelle",
            "level|levels|scope|scale",
        ],
    ),
    any(
        "coordinators",
        [
            "coordinatore|coordinatori|ente coordinatore",
            "koordinator|koordinatorji",
            "coordinateur|coordinateurs|coordination",
            "coordinator|coordinators|lead",
        ],
    ),
    any(
        "since",
        [
            "dal|da|anno di fondazione|attiva dal|data inizio|data adesione|membro dal",
            "od|od kdaj|ustanovljena|datum vstopa|clan od|zacetek",
            "depuis|date de creation|date d adhesion|membre depuis|debut",
            "since|from|start|start date|founded|member since|joined",
        ],
    ),
    any(
        "until",
        [
            "fino al|al|data fine|membro fino al",
            "do|datum izstopa|clan do|konec",
            "jusqu au|fin|date de fin|membre jusqu au",
            "until|to|end|end date|member until|left",
        ],
    ),
    any("links", ["link|collegamenti", "povezave|povezava", "liens|lien", "links|link"]),
    any(
        "organisation",
        [
            "organizzazione|ente|membro|socio|aderente|nome ente",
            "organizacija|clan|ustanova",
            "organisation|organisme|membre|structure|adherent",
            "organisation|organization|member|body",
        ],
    ),
    any("network", ["rete", "mreza", "reseau", "network"]),
    any("networks", ["reti|rete", "mreze|mreza", "reseaux|reseau", "networks|network"]),
    any("role", ["ruolo|qualifica", "vloga", "role|qualite", "role"]),
    any("summary", ["sintesi|riassunto|abstract", "povzetek", "resume|synthese", "summary|abstract"]),
    any("resources", ["risorse", "viri|sredstva", "ressources|moyens", "resources"]),
    any(
        "evidence",
        [
            "risultati|evidenze|prove di successo|evidenze di successo",
            "dokazi|rezultati|dokazi uspeha",
            "resultats|preuves|preuves de reussite",
            "evidence|results|evidence of success",
        ],
    ),
    any("challenges", ["sfide|criticita|difficolta", "izzivi|tezave", "defis|difficultes", "challenges|difficulties"]),
    any(
        "transfer",
        [
            "trasferibilita|trasferimento",
            "prenosljivost|prenos",
            "transferabilite|transfert",
            "transfer|transferability",
        ],
    ),
    any(
        "implementing_organisation",
        [
            "ente attuatore|organizzazione attuatrice|realizzato da|attuatore",
            "izvajalec|izvajalska organizacija|nosilec",
            "organisme porteur|porteur|mis en oeuvre par|structure porteuse",
            "implementing organisation|implemented by|implementer|run by",
        ],
    ),
    any("state", ["stato|stato evento", "stanje|status", "etat|statut", "state|status"]),
    any(
        "when",
        [
            "quando|data|data evento|data e ora|giorno|periodo",
            "kdaj|datum|datum dogodka|datum in ura|termin",
            "quand|date|date de l evenement|date et heure|jour",
            "when|date|event date|date and time|day",
        ],
    ),
    any(
        "organiser",
        [
            "organizzatore|ente organizzatore|organizzato da",
            "organizator|prireditelj",
            "organisateur|organise par",
            "organiser|organizer|organised by",
        ],
    ),
    any("programme", ["programma|programma formativo", "program", "programme", "programme|program"]),
    any(
        "organisations",
        [
            "partecipanti|organizzazioni|organizzazioni partecipanti|enti partecipanti",
            "udelezenci|organizacije|sodelujoce organizacije",
            "participants|organisations|organisations participantes|structures participantes",
            "participants|organisations|organizations|participating organisations",
        ],
    ),
    any(
        "practices",
        [
            "buone pratiche|pratiche|buone prassi",
            "dobre prakse|prakse",
            "bonnes pratiques|pratiques",
            "practices|good practices",
        ],
    ),
    any(
        "attendance",
        [
            "presenze|numero partecipanti|presenti|n partecipanti",
            "prisotnost|stevilo udelezencev|st udelezencev",
            "presence|nombre de participants|participants presents",
            "attendance|number of participants|attendees",
        ],
    ),
    any(
        "origin_event",
        ["evento di origine|evento", "izvorni dogodek|dogodek", "evenement d origine|evenement", "origin event|event"],
    ),
    any("motivation", ["motivazione|motivo", "motivacija|razlog", "motivation|motif", "motivation|reason"]),
    any("url", ["url|link|indirizzo web|sito", "url|povezava|spletna stran", "url|lien|site", "url|link|web address"]),
    any("language", ["lingua", "jezik", "langue", "language"]),
    any("original_language", ["lingua originale", "izvirni jezik", "langue originale", "original language"]),
    any("visibility", ["visibilita", "vidnost", "visibilite", "visibility"]),
    any(
        "person.name",
        [
            "referente|persona di contatto|contatto|contatti|nome e cognome|cognome e nome|nome referente|nominativo|responsabile|presidente|persona di riferimento|legale rappresentante|nome cognome",
            "kontaktna oseba|kontakt|ime in priimek|priimek in ime|odgovorna oseba|zastopnik|direktor|direktorica|ime kontaktne osebe",
            "contact|personne de contact|interlocuteur|referent|referente|nom et prenom|prenom et nom|responsable|directeur|directrice|president|nom du contact|personne referente",
            "contact|contact person|contact name|person|full name|person in charge|director|representative|name of contact",
        ],
    ),
    any(
        "person.given_name",
        [
            "nome|nome di battesimo|nome del referente",
            "ime",
            "prenom|prenom du contact",
            "given name|first name|contact first name",
        ],
    ),
    any(
        "person.family_name",
        [
            "cognome|cognome referente|cognome del referente",
            "priimek",
            "nom|nom de famille",
            "family name|last name|surname|contact last name|contact surname",
        ],
    ),
    any(
        "person.role",
        [
            "ruolo|ruolo referente|qualifica|funzione|incarico|mansione",
            "vloga|funkcija|delovno mesto|vloga kontaktne osebe",
            "fonction|poste|role|fonction du contact",
            "role|function|position held|job title|contact role|contact position",
        ],
    ),
    any(
        "person.email",
        [
            "email referente|email del referente|mail referente|email contatto|e mail referente|email persona di contatto|email diretta",
            "e posta kontaktne osebe|eposta kontaktne osebe|e posta kontakta|e naslov kontaktne osebe",
            "email du contact|courriel du contact|mail du contact|e mail du contact|mail contact|email contact|courriel contact",
            "contact email|contact e mail|email of contact|personal email|contact person email|person email",
        ],
    ),
    any(
        "person.phone",
        [
            "telefono referente|telefono del referente|cellulare referente|tel referente|telefono contatto|cellulare|cell",
            "telefon kontaktne osebe|tel kontaktne osebe|gsm kontaktne osebe|mobitel|gsm",
            "telephone du contact|tel du contact|tel contact|telephone contact|portable|mobile",
            "contact phone|contact telephone|phone of contact|contact person phone|mobile|cell phone",
        ],
    ),
];

/// The language that a word names, where headings tell in which language their texts are.
pub fn language(word: &str) -> Option<&'static str> {
    Some(match word {
        "it" | "ita" | "italiano" | "italian" | "italien" | "italijansko" | "italijanscina" => "it",
        "sl" | "slo" | "si" | "slovensko" | "slovenscina" | "sloveno" | "slovene" | "slovenian" => "sl",
        "fr" | "fra" | "francais" | "francese" | "french" | "francosko" | "francoscina" => "fr",
        "en" | "eng" | "inglese" | "english" | "anglais" | "anglesko" | "anglescina" => "en",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_as_they_are_compared() {
        for heading in HEADINGS {
            for words in heading.words {
                assert!(!words.is_empty(), "{} has words in every language", heading.target);
                for word in words.split('|') {
                    assert_eq!(
                        word,
                        crate::views::fold_words(word),
                        "or it would never be found, for {}",
                        heading.target
                    );
                }
            }
        }
    }
}
