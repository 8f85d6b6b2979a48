//! The vocabularies: closed lists of codes with labels in every language of the project.

/// A list of codes.
#[derive(Debug)]
pub struct Vocabulary {
    /// Its name.
    pub name: &'static str,
    /// Its codes, in the order in which forms show them.
    pub terms: &'static [Term],
}

/// A code with its labels.
#[derive(Debug)]
pub struct Term {
    /// The code, as records hold it.
    pub code: &'static str,
    /// Labels in the order of [`super::LANGUAGES`].
    pub labels: [&'static str; 4],
}

impl Term {
    /// The label in a language, English where there is none.
    pub fn label(&self, lang: &str) -> &'static str {
        let [it, sl, fr, en] = self.labels;
        match lang {
            "it" => it,
            "sl" => sl,
            "fr" => fr,
            _ => en,
        }
    }
}

impl Vocabulary {
    /// The codes.
    pub fn codes(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.terms.iter().map(|term| term.code)
    }

    /// The term of a code.
    pub fn term(&self, code: &str) -> Option<&'static Term> {
        self.terms.iter().find(|term| term.code == code)
    }

    /// The term that a person means: by code, or by its label in any language, whatever the case.
    pub fn find(&self, text: &str) -> Option<&'static Term> {
        // Spreadsheets have the straight apostrophe.
        let lower = text.to_lowercase().replace('\'', "’");
        self.term(&lower)
            .or_else(|| self.terms.iter().find(|term| term.labels.iter().any(|label| label.to_lowercase() == lower)))
    }
}

/// The vocabulary of this name.
pub fn vocabulary(name: &str) -> Option<&'static Vocabulary> {
    VOCABULARIES.iter().copied().find(|vocabulary| vocabulary.name == name)
}

const fn term(code: &'static str, it: &'static str, sl: &'static str, fr: &'static str, en: &'static str) -> Term {
    Term { code, labels: [it, sl, fr, en] }
}

/// All vocabularies.
pub static VOCABULARIES: &[&Vocabulary] = &[
    &TARGET_GROUP,
    &NETWORK_LEVEL,
    &EVENT_TYPE,
    &ORGANISATION_TYPE,
    &VISIBILITY,
    &MEMBERSHIP_ROLE,
    &PRACTICE_STATE,
    &EVENT_STATE,
    &ACTIVITY,
    &POSITION_PRECISION,
    &LANGUAGE,
    &LEGAL_BASIS,
    &INTEREST_STATUS,
    &PUBLICATION_TYPE,
    &SAMEAS_STATE,
];

/// Whom the networks help.
pub static TARGET_GROUP: Vocabulary = Vocabulary {
    name: "target_group",
    terms: &[
        term(
            "disability",
            "persone con disabilità",
            "invalidi in osebe z ovirami",
            "personnes en situation de handicap",
            "people with disabilities",
        ),
        term("migrants", "immigrati", "priseljenci", "personnes immigrées", "immigrants"),
        term("youth", "giovani", "mladi", "jeunes", "young people"),
        term(
            "long_term_unemployed",
            "disoccupati di lunga durata",
            "dolgotrajno brezposelni",
            "chômeurs de longue durée",
            "long-term unemployed",
        ),
        term(
            "mental_health",
            "persone con disagio psichico",
            "osebe s težavami v duševnem zdravju",
            "personnes en souffrance psychique",
            "people with mental health problems",
        ),
        term(
            "older_workers",
            "lavoratori over 50",
            "starejši od 50 let",
            "seniors de plus de 50 ans",
            "people over 50",
        ),
        term(
            "women",
            "donne lontane dal mercato del lavoro",
            "ženske, oddaljene od trga dela",
            "femmes éloignées de l’emploi",
            "women distant from the labour market",
        ),
        term(
            "ex_offenders",
            "persone in uscita dal carcere",
            "osebe po prestani kazni",
            "personnes sortant de détention",
            "people leaving prison",
        ),
    ],
};

/// How far a network reaches.
pub static NETWORK_LEVEL: Vocabulary = Vocabulary {
    name: "network_level",
    terms: &[
        term("local", "locale", "lokalna", "local", "local"),
        term("regional", "regionale", "regionalna", "régional", "regional"),
        term("territorial", "territoriale", "teritorialna", "territorial", "territorial"),
        term("national", "nazionale", "nacionalna", "national", "national"),
        term("sectoral", "settoriale", "sektorska", "sectoriel", "sectoral"),
        term("international", "internazionale", "mednarodna", "international", "international"),
    ],
};

/// What kind of event it is.
pub static EVENT_TYPE: Vocabulary = Vocabulary {
    name: "event_type",
    terms: &[
        term("workshop", "workshop", "delavnica", "atelier", "workshop"),
        term("focus_group", "focus group", "fokusna skupina", "groupe de discussion", "focus group"),
        term("conference", "conferenza", "konferenca", "conférence", "conference"),
        term("symposium", "simposio", "simpozij", "symposium", "symposium"),
        term("meeting", "riunione", "sestanek", "réunion", "meeting"),
        term("training", "corso", "usposabljanje", "formation", "training session"),
        #[cfg(feature = "schema-next")]
        term("webinar", "webinar", "spletni seminar", "webinaire", "webinar"),
    ],
};

/// What kind of organisation it is.
pub static ORGANISATION_TYPE: Vocabulary = Vocabulary {
    name: "organisation_type",
    terms: &[
        term(
            "social_cooperative",
            "cooperativa sociale",
            "socialna zadruga",
            "coopérative sociale",
            "social cooperative",
        ),
        term("association", "associazione", "društvo", "association", "association"),
        term(
            "training_centre",
            "ente di formazione",
            "izobraževalni center",
            "organisme de formation",
            "training centre",
        ),
        term("municipality", "comune", "občina", "commune", "municipality"),
        term(
            "employment_centre",
            "centro per l’impiego / collocamento mirato",
            "zaposlitveni center",
            "entreprise adaptée / agence d’emploi",
            "employment centre",
        ),
        term(
            "social_enterprise",
            "impresa sociale",
            "socialno podjetje",
            "entreprise d’insertion",
            "social enterprise",
        ),
        term("foundation", "fondazione", "ustanova", "fondation", "foundation"),
        term("employer", "datore di lavoro", "delodajalec", "employeur", "employer"),
        term(
            "health_service",
            "servizio socio-sanitario",
            "zdravstvena ali socialna služba",
            "service médico-social",
            "health or social service",
        ),
        term("school", "scuola", "šola", "établissement scolaire", "school"),
        term("research", "ente di ricerca", "raziskovalna organizacija", "organisme de recherche", "research body"),
        term("public_body", "ente pubblico", "javni organ", "organisme public", "public body"),
        term("other", "altro", "drugo", "autre", "other"),
    ],
};

/// Who may see a record.
pub static VISIBILITY: Vocabulary = Vocabulary {
    name: "visibility",
    terms: &[
        term("partner", "solo il partner", "samo partner", "partenaire uniquement", "own partner only"),
        term("federation", "partenariato", "partnerstvo", "partenariat", "all partners"),
        term("public", "pubblico", "javno", "public", "public"),
    ],
};

/// What an organisation is in a network.
pub static MEMBERSHIP_ROLE: Vocabulary = Vocabulary {
    name: "membership_role",
    terms: &[
        term("coordinator", "coordinatore", "koordinator", "coordinateur", "coordinator"),
        term("partner", "partner", "partner", "partenaire", "partner"),
        term("member", "membro", "član", "membre", "member"),
        term("observer", "osservatore", "opazovalec", "observateur", "observer"),
    ],
};

/// How far a good practice has come.
pub static PRACTICE_STATE: Vocabulary = Vocabulary {
    name: "practice_state",
    terms: &[
        term("draft", "bozza", "osnutek", "brouillon", "draft"),
        term("review", "in revisione", "v pregledu", "en relecture", "in review"),
        term("published", "pubblicata", "objavljena", "publiée", "published"),
        term("archived", "archiviata", "arhivirana", "archivée", "archived"),
    ],
};

/// Whether an event has taken place.
pub static EVENT_STATE: Vocabulary = Vocabulary {
    name: "event_state",
    terms: &[
        term("planned", "in programma", "načrtovan", "prévu", "planned"),
        term("held", "svolto", "izveden", "tenu", "held"),
        term("cancelled", "annullato", "odpovedan", "annulé", "cancelled"),
    ],
};

/// What an organisation does.
pub static ACTIVITY: Vocabulary = Vocabulary {
    name: "activity",
    terms: &[
        term("guidance", "orientamento", "svetovanje", "orientation", "guidance"),
        term("placement", "tirocini e inserimento", "delovna praksa in zaposlitev", "stages et insertion", "placement"),
        term("training", "formazione", "usposabljanje", "formation", "training"),
        term(
            "supported_employment",
            "accompagnamento al lavoro",
            "podporno zaposlovanje",
            "emploi accompagné",
            "supported employment",
        ),
        term("housing", "abitare", "bivanje", "logement", "housing"),
        term("language_courses", "corsi di lingua", "jezikovni tečaji", "cours de langue", "language courses"),
        term("advocacy", "tutela dei diritti", "zagovorništvo", "défense des droits", "advocacy"),
        term("research", "ricerca", "raziskovanje", "recherche", "research"),
    ],
};

/// How exactly a position is meant.
pub static POSITION_PRECISION: Vocabulary = Vocabulary {
    name: "position_precision",
    terms: &[
        term("exact", "esatta", "natančno", "exacte", "exact"),
        term("address", "indirizzo", "naslov", "adresse", "address"),
        term("city", "città", "mesto", "ville", "city"),
        term("region", "regione", "regija", "région", "region"),
    ],
};

/// Languages, by ISO 639 code. Texts are translated in the first four.
pub static LANGUAGE: Vocabulary = Vocabulary {
    name: "language",
    terms: &[
        term("it", "italiano", "italijanščina", "italien", "Italian"),
        term("sl", "sloveno", "slovenščina", "slovène", "Slovene"),
        term("fr", "francese", "francoščina", "français", "French"),
        term("en", "inglese", "angleščina", "anglais", "English"),
        term("de", "tedesco", "nemščina", "allemand", "German"),
        term("es", "spagnolo", "španščina", "espagnol", "Spanish"),
        term("hr", "croato", "hrvaščina", "croate", "Croatian"),
        term("sr", "serbo", "srbščina", "serbe", "Serbian"),
        term("bs", "bosniaco", "bosanščina", "bosniaque", "Bosnian"),
        term("mk", "macedone", "makedonščina", "macédonien", "Macedonian"),
        term("hu", "ungherese", "madžarščina", "hongrois", "Hungarian"),
        term("fur", "friulano", "furlanščina", "frioulan", "Friulian"),
        term("sq", "albanese", "albanščina", "albanais", "Albanian"),
        term("ro", "rumeno", "romunščina", "roumain", "Romanian"),
        term("uk", "ucraino", "ukrajinščina", "ukrainien", "Ukrainian"),
        term("ru", "russo", "ruščina", "russe", "Russian"),
        term("ar", "arabo", "arabščina", "arabe", "Arabic"),
        term("pt", "portoghese", "portugalščina", "portugais", "Portuguese"),
        term("zh", "cinese", "kitajščina", "chinois", "Chinese"),
        term("bn", "bengalese", "bengalščina", "bengali", "Bengali"),
        term("ur", "urdu", "urdujščina", "ourdou", "Urdu"),
    ],
};

/// Why personal data may be kept (GDPR, article 6).
pub static LEGAL_BASIS: Vocabulary = Vocabulary {
    name: "legal_basis",
    terms: &[
        term("consent", "consenso", "privolitev", "consentement", "consent"),
        term("contract", "contratto", "pogodba", "contrat", "contract"),
        term("legal_obligation", "obbligo legale", "zakonska obveznost", "obligation légale", "legal obligation"),
        term("public_interest", "interesse pubblico", "javni interes", "intérêt public", "public interest"),
        term(
            "legitimate_interest",
            "legittimo interesse",
            "zakoniti interes",
            "intérêt légitime",
            "legitimate interest",
        ),
    ],
};

/// How far an expression of interest has come.
pub static INTEREST_STATUS: Vocabulary = Vocabulary {
    name: "interest_status",
    terms: &[
        term("received", "ricevuta", "prejeto", "reçue", "received"),
        term("contacted", "contattata", "vzpostavljen stik", "contactée", "contacted"),
        term("on_hold", "in attesa", "na čakanju", "en attente", "on hold"),
        term("accepted", "accolta", "sprejeto", "acceptée", "accepted"),
        term("declined", "non accolta", "zavrnjeno", "déclinée", "declined"),
        term("withdrawn", "ritirata", "umaknjeno", "retirée", "withdrawn"),
    ],
};

/// What kind of publication it is.
pub static PUBLICATION_TYPE: Vocabulary = Vocabulary {
    name: "publication_type",
    terms: &[
        term("survey_report", "rapporto di indagine", "poročilo o raziskavi", "rapport d’enquête", "survey report"),
        term("report", "rapporto", "poročilo", "rapport", "report"),
        term("guide", "guida o manuale", "vodnik ali priročnik", "guide ou manuel", "guide or manual"),
        term("training_material", "materiale formativo", "učno gradivo", "support de formation", "training material"),
        term("article", "articolo", "članek", "article", "article"),
        term(
            "agreement",
            "accordo o protocollo",
            "sporazum ali protokol",
            "accord ou protocole",
            "agreement or protocol",
        ),
        term("other", "altro", "drugo", "autre", "other"),
    ],
};

/// Whether two records are about one thing.
pub static SAMEAS_STATE: Vocabulary = Vocabulary {
    name: "sameas_state",
    terms: &[
        term("suggested", "suggerito", "predlagano", "suggéré", "suggested"),
        term("confirmed", "confermato", "potrjeno", "confirmé", "confirmed"),
        term("refused", "rifiutato", "zavrnjeno", "refusé", "refused"),
    ],
};
