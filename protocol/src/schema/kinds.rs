//! The table of kinds.
//!
//! A field never changes its type or meaning: a new meaning is a new field, with a fallback when reading.

use super::vocabulary::{
    ACTIVITY, EVENT_STATE, EVENT_TYPE, INTEREST_STATUS, LANGUAGE, LEGAL_BASIS, MEMBERSHIP_ROLE, NETWORK_LEVEL,
    ORGANISATION_TYPE, PRACTICE_STATE, PUBLICATION_TYPE, SAMEAS_STATE, TARGET_GROUP, VISIBILITY,
};
use super::{Field, FieldType, Kind};
use crate::limits::{PROSE_BYTES_MAX, SCALAR_BYTES_MAX};
use FieldType::{
    Changes, Code, Codes, Country, Date, Digest, Email, Entries, Flag, Integer, Line, Lines, Link, Links, Log,
    MomentRange, Month, Position, Reference, References, TranslatedLine, TranslatedProse,
};

/// Longest name, title or address in bytes: the longest in the sample data has 170.
const LINE_BYTES_MAX: usize = 500;
/// Longest web address in bytes: what browsers and servers agree on.
const LINK_BYTES_MAX: usize = 2_000;
/// Longest member of a set in bytes, so that it fits into a flat key behind the field's name.
const MEMBER_BYTES_MAX: usize = 120;
/// Longest code or formatted value in bytes.
const SHORT_BYTES_MAX: usize = 120;
/// Most people at one event: more is a slip of the keyboard.
const ATTENDANCE_MAX: i64 = 1_000_000;
/// Most hours of one module: more is a slip of the keyboard.
const HOURS_MAX: i64 = 10_000;

const fn field(name: &'static str, field_type: FieldType) -> Field {
    let bytes_max = match field_type {
        Line | TranslatedLine | Email => LINE_BYTES_MAX,
        FieldType::Prose | TranslatedProse => PROSE_BYTES_MAX,
        Link | Log(_) => LINK_BYTES_MAX,
        Changes => SCALAR_BYTES_MAX,
        Codes(_) | References(_) | Lines | Links => MEMBER_BYTES_MAX,
        _ => SHORT_BYTES_MAX,
    };
    Field { name, field_type, required: false, bytes_max }
}

const fn required(name: &'static str, field_type: FieldType) -> Field {
    Field { required: true, ..field(name, field_type) }
}

/// A text of several paragraphs that is edited as a whole.
const fn long(name: &'static str) -> Field {
    Field { bytes_max: SCALAR_BYTES_MAX, ..field(name, TranslatedLine) }
}

/// The fields that every record has, whatever its kind. The proposals that its owner has decided about stand with the
/// record itself, so that its history names them.
pub static RECORD_FIELDS: &[Field] = &[
    field("original_language", Code(&LANGUAGE)),
    field("visibility", Code(&VISIBILITY)),
    field(crate::record::DELETED, Flag),
    field("schema", Integer { min: 1, max: 1_000_000 }),
    field("accepted_proposals", References(&["proposal"])),
    field("declined_proposals", References(&["proposal"])),
];

/// A kind with random ids.
const fn kind(name: &'static str, title: &'static str, fields: &'static [Field]) -> Kind {
    Kind { name, fields, title, ends: &[], is_symmetric: false, named_by: &[], is_internal: false }
}

/// A kind whose ids derive from these references.
const fn link(name: &'static str, ends: &'static [&'static str], fields: &'static [Field]) -> Kind {
    Kind { ends, named_by: ends, ..kind(name, "", fields) }
}

/// All kinds that this version knows.
pub static KINDS: &[Kind] = &[
    kind(
        "network",
        "name",
        &[
            required("name", TranslatedLine),
            long("description"),
            long("vision"),
            long("strategy"),
            long("contribution"),
            field("levels", Codes(&NETWORK_LEVEL)),
            field("country", Country),
            field("target_groups", Codes(&TARGET_GROUP)),
            field("coordinators", References(&["organisation"])),
            field("since", Month),
            field("links", Links),
        ],
    ),
    kind(
        "organisation",
        "name",
        &[
            required("name", Line),
            #[cfg(feature = "schema-next")]
            field("motto", TranslatedLine),
            #[cfg(feature = "schema-next")]
            field("seats", Integer { min: 0, max: 100_000 }),
            field("other_names", Lines),
            field("type", Code(&ORGANISATION_TYPE)),
            field("address", Line),
            field("city", Line),
            field("country", Country),
            field("nuts", Line),
            field("position", Position),
            field("identifiers", Lines),
            field("target_groups", Codes(&TARGET_GROUP)),
            field("activities", Codes(&ACTIVITY)),
            field("languages", Codes(&LANGUAGE)),
            field("website", Link),
            field("email", Email),
            field("phone", Line),
            long("description"),
            field("last_verified", Date),
        ],
    ),
    link(
        "membership",
        &["organisation", "network"],
        &[
            required("organisation", Reference(&["organisation"])),
            required("network", Reference(&["network"])),
            field("role", Code(&MEMBERSHIP_ROLE)),
            field("since", Date),
            field("until", Date),
        ],
    ),
    kind(
        "practice",
        "title",
        &[
            required("title", TranslatedLine),
            long("summary"),
            field("description", TranslatedProse),
            long("resources"),
            long("evidence"),
            long("challenges"),
            long("transfer"),
            field("network", Reference(&["network"])),
            field("implementing_organisation", Reference(&["organisation"])),
            field("country", Country),
            field("target_groups", Codes(&TARGET_GROUP)),
            field("state", Code(&PRACTICE_STATE)),
        ],
    ),
    kind(
        "event",
        "title",
        &[
            required("title", TranslatedLine),
            required("type", Code(&EVENT_TYPE)),
            field("when", MomentRange),
            field("place", Line),
            field("country", Country),
            field("position", Position),
            field("organiser", Reference(&["organisation"])),
            field("networks", References(&["network"])),
            field("programme", Reference(&["programme"])),
            field("organisations", References(&["organisation"])),
            field("practices", References(&["practice"])),
            field("attendance", Integer { min: 0, max: ATTENDANCE_MAX }),
            field("state", Code(&EVENT_STATE)),
        ],
    ),
    Kind {
        named_by: &["organisation", "network"],
        ..kind(
            "interest",
            "",
            &[
                required("organisation", Reference(&["organisation"])),
                required("network", Reference(&["network"])),
                field("origin_event", Reference(&["event"])),
                long("motivation"),
                field("transitions", Log(&INTEREST_STATUS)),
            ],
        )
    },
    kind(
        "programme",
        "title",
        &[
            required("title", TranslatedLine),
            field("networks", References(&["network"])),
            field("languages", Codes(&LANGUAGE)),
            field("modules", Entries(MODULE)),
        ],
    ),
    kind(
        "publication",
        "title",
        &[
            required("title", TranslatedLine),
            field("type", Code(&PUBLICATION_TYPE)),
            field("url", Link),
            field("sha256", Digest),
            field("language", Code(&LANGUAGE)),
        ],
    ),
    Kind {
        is_internal: true,
        ..kind(
            "note",
            "text",
            &[
                required("about", Reference(&[])),
                Field { required: true, bytes_max: SCALAR_BYTES_MAX, ..field("text", Line) },
            ],
        )
    },
    Kind {
        is_symmetric: true,
        ..link(
            "sameas",
            &["a", "b"],
            &[
                required("a", Reference(&[])),
                required("b", Reference(&[])),
                field("state", Code(&SAMEAS_STATE)),
                field("evidence", Lines),
            ],
        )
    },
    Kind {
        named_by: &["about"],
        ..kind(
            "proposal",
            "",
            &[
                required("about", Reference(&[])),
                field("register", Line),
                required("changes", Changes),
                Field { bytes_max: SCALAR_BYTES_MAX, ..field("reason", Line) },
            ],
        )
    },
    #[cfg(feature = "schema-next")]
    kind("visit", "title", &[required("title", TranslatedLine), field("host", Reference(&["organisation"]))]),
];

/// A module of a training programme.
static MODULE: &[Field] =
    &[required("title", TranslatedLine), field("hours", Integer { min: 0, max: HOURS_MAX }), long("content")];

/// A contact person. Not among [`KINDS`]: a person lies in a document of its own that few may read, so that no list,
/// import or export that goes through the kinds can bring personal data along.
pub static PERSON: Kind = kind(
    crate::ids::PERSON_KIND,
    "family_name",
    &[
        required("given_name", Line),
        required("family_name", Line),
        field("role", Line),
        field("organisation", Reference(&["organisation"])),
        field("email", Email),
        field("phone", Line),
        field("language", Code(&LANGUAGE)),
        required("purpose", Line),
        required("legal_basis", Code(&LEGAL_BASIS)),
        field("informed_on", Date),
        required("retain_until", Date),
    ],
);
