//! Whether an e-mail address looks like a person's: such a one does not belong into a register, which all partners read
//! and nobody erases from. It belongs to a contact person.

use crate::views::fold;

/// Words of mailboxes of function, in the languages of our countries.
const FUNCTIONS: &[&str] = &[
    "info",
    "infos",
    "informazioni",
    "informacije",
    "office",
    "ufficio",
    "urad",
    "pisarna",
    "bureau",
    "contact",
    "contacts",
    "contatti",
    "contatto",
    "kontakt",
    "segreteria",
    "segretariato",
    "secretariat",
    "secretaire",
    "tajnistvo",
    "tajnica",
    "amministrazione",
    "administration",
    "admin",
    "uprava",
    "administracija",
    "accueil",
    "reception",
    "recepcija",
    "direzione",
    "direction",
    "direktor",
    "ravnatelj",
    "presidenza",
    "presidence",
    "coordinamento",
    "coordination",
    "koordinacija",
    "formazione",
    "formation",
    "training",
    "izobrazevanje",
    "progetti",
    "projets",
    "projects",
    "projekti",
    "lavoro",
    "emploi",
    "zaposlitev",
    "zaposlovanje",
    "jobs",
    "inserimento",
    "insertion",
    "orientamento",
    "orientation",
    "svetovanje",
    "servizi",
    "services",
    "service",
    "storitve",
    "sociale",
    "social",
    "socialna",
    "sportello",
    "centro",
    "centre",
    "center",
    "sede",
    "siege",
    "sedez",
    "protocollo",
    "pec",
    "posta",
    "posta1",
    "mail",
    "email",
    "eposta",
    "comunicazione",
    "communication",
    "comunication",
    "komunikacija",
    "press",
    "stampa",
    "ressources",
    "rh",
    "hr",
    "urp",
    "suap",
    "comune",
    "mairie",
    "obcina",
    "scuola",
    "ecole",
    "sola",
    "cooperativa",
    "coop",
    "associazione",
    "association",
    "asso",
    "drustvo",
    "zavod",
    "zadruga",
    "fondazione",
    "fondation",
    "ustanova",
    "network",
    "rete",
    "reseau",
    "mreza",
    "help",
    "support",
    "hello",
    "ciao",
    "bonjour",
    "commerciale",
    "commercial",
    "prodaja",
    "qualita",
    "segreteriagenerale",
    "amm",
    "dir",
    "prezidenza",
    "cpi",
    "collocamento",
    "mirato",
    "team",
    "group",
    "gruppo",
    "groupe",
];

/// Given names that are frequent in Italy, Slovenia and France, folded.
const GIVEN_NAMES: &str = "ada adriana alain alba aldo ales alessandra alessandro alessia alessio alexandre alice alja \
aljaz ana anamarija andre andrea andrej andreja angela anita anja anna anne antoine anton antonella antonio arianna \
aurelie barbara beatrice benoit bernard bojan boris borut bostjan branko brigitte bruno camille carla carlo caterina \
catherine cecile celine chantal chiara christian christine christophe claire claudia claudio cristina damjan daniel \
daniela daniele danijel danilo darja darko david davide davor denis didier dominique dusan elena eleonora elisa \
elisabetta elodie emanuele emilie emma enrico eric erika eva fabien fabio fabrizio federica federico filippo florence \
francesca francesco franco francois francoise frederic gabriele gabriella gaia gaja gasper georges gerard giacomo gianni \
giorgia giorgio giovanna giovanni giulia giuliana giulio giuseppe goran gorazd gregor guillaume helene helena igor ilaria \
irena irene isabella isabelle ivan ivana ivo izidor jacques jan jana janez janja jasmina jasna jean jeanne jelena jerome jernej \
joze jozef jozica julie julien jure karine karmen katarina katja klara klavdija klemen ksenija laetitia lara laura laurence \
laurent leonardo lidija lorenzo luc luca lucia luciano lucija luigi luka maja manca manuel manuela marc marcello marco maria mariagrazia marie marija \
marina mario marjan marjana marjeta marko marta martin martina martine massimo mateja matej matevz mathieu matija matjaz \
matteo maurizio maxime masa metka michel michela michele miha mihaela milan milena mira miran miriam mirko mitja mojca monica \
monika monique nadia nadja natalie natasa nathalie neza nejc nicola nicolas nicole nika nina olga olivier ornella paola paolo \
pascal patricia patrick patrizia paul peter petra philippe pierre pietro polona primoz raffaele renata renato riccardo rok \
robert roberta roberto roger roland romain romana rosa sabina sabrina samo samuel sandra sandrine sara sarah sebastien \
serge sergio silvia silvo simon simona simone slavko sofia sonja sophie stanislav stanka stefan stefania stefano stephane \
stephanie suzana sylvie tadej tamara tanja tatjana teresa thierry thomas tina tjasa tomaz tommaso uros ursa ursula valentina \
valentin valeria valerie vanessa vera veronica veronika veronique vesna vida viktor vincent vincenzo virginie vito viviana \
vlado xavier yves zala zdenka ziga zvonka zoran";

/// Whether an address looks like a person's. `names` are those of the organisation and `person` those of its contact
/// person, where the row tells one.
pub fn is_personal(address: &str, names: &[&str], person: &[&str]) -> bool {
    let folded = fold(address);
    let Some((local, domain)) = folded.split_once('@') else { return false };
    let words: Vec<&str> = local.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_letters = |word: &&str| word.chars().all(char::is_alphabetic);
    let of_person =
        person.iter().flat_map(|name| name.split_whitespace()).map(fold).filter(|name| name.chars().count() > 2);
    if of_person.into_iter().any(|name| local.contains(&name)) {
        return true;
    }
    let function = |word: &str| FUNCTIONS.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()));
    if words.iter().any(|word| function(word)) {
        return false;
    }
    let own: String = names.iter().map(|name| fold(name)).collect::<Vec<_>>().join(" ");
    let own = format!("{own} {domain}");
    // What the organisation itself is called is no person, whatever it sounds like.
    if words.iter().all(|word| word.chars().count() > 1 && own.contains(word)) {
        return false;
    }
    words.iter().any(|word| is_given_name(word)) || words.len() > 1 && words.iter().all(is_letters)
}

/// The e-mail addresses in a text that look like a person's, as they stand there.
pub fn personal_in<'t>(text: &'t str, names: &[&str], person: &[&str]) -> Vec<&'t str> {
    // Most texts have none, and are looked at for nothing else.
    let words =
        text.contains('@').then(|| text.split(|c: char| c.is_whitespace() || "<>()[]{},;|/\"«»“”„".contains(c)));
    let bare = |word: &'t str| {
        let word = word.rsplit_once(':').map_or(word, |(_, address)| address);
        word.trim_matches(|c: char| !c.is_alphanumeric())
    };
    words.into_iter().flatten().map(bare).filter(|word| is_personal(word, names, person)).collect()
}

/// A text without the e-mail addresses in it that look like a person's; `None`: it has none.
pub fn without_personal(text: &str, names: &[&str], person: &[&str]) -> Option<String> {
    let personal = personal_in(text, names, person);
    (!personal.is_empty()).then(|| personal.iter().fold(text.to_owned(), |text, address| text.replace(address, "…")))
}

/// Whether a folded word is a given name that is frequent in our countries.
pub fn is_given_name(word: &str) -> bool {
    GIVEN_NAMES.split_whitespace().any(|name| name == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_of_function_are_told_from_persons() {
        for address in [
            "info@alfa.example",
            "segreteria.formazione@alfa.example",
            "ured2@alfa.example",
            "tajnistvo@zavod.example",
            "accueil-emploi@asso.example",
            "korenine.zadruga@gmail.example",
            "coopalfa@gmail.example",
            "centro.impiego.gorizia@regione.example",
        ] {
            assert!(!is_personal(address, &["Cooperativa Alfa", "Korenine, zadruga"], &[]), "{address} is of function");
        }
        for address in
            ["maria.rossi@alfa.example", "m.rossi@alfa.example", "marie-dupont@asso.example", "mojca@zavod.example"]
        {
            assert!(is_personal(address, &["Cooperativa Alfa"], &[]), "{address} looks like a person's");
        }
        assert!(!is_personal("mrossi@alfa.example", &["Alfa"], &[]), "this one cannot be told by itself");
        assert!(is_personal("mrossi@alfa.example", &["Alfa"], &["Rossi"]), "but beside its person it can");
        assert!(is_personal("info.rossi@alfa.example", &["Alfa"], &["Maria Rossi"]), "a name counts before a function");
        assert!(!is_personal("sansimone@gmail.example", &["Cooperativa San Simone"], &[]), "a saint is no person");
        assert!(!is_personal("emmaus.trieste@gmail.example", &["Emmaus Trieste"], &[]), "nor what the house is called");
    }

    #[test]
    fn an_address_of_a_person_is_found_in_a_text() {
        let text = "Scrivi a <maria.rossi@alfa.example>, mailto:marie-dupont@asso.example o info@alfa.example.";
        let found = personal_in(text, &["Alfa"], &[]);
        assert_eq!(found, ["maria.rossi@alfa.example", "marie-dupont@asso.example"]);
        let left = without_personal(text, &["Alfa"], &[]);
        assert_eq!(left.as_deref(), Some("Scrivi a <…>, mailto:… o info@alfa.example."));
        assert_eq!(without_personal("Tel. 05 123, info@alfa.example; alle 8 @ Koper", &["Alfa"], &[]), None);
    }
}
