//! The table of kinds.
//!
//! A field never changes its type or meaning: a new meaning is a new field, with a fallback when reading.

use super::vocabulary::{
    ACTIVITY, EVENT_STATE, EVENT_TYPE, LANGUAGE, LEGAL_BASIS, MEMBERSHIP_ROLE, NETWORK_LEVEL, ORGANISATION_TYPE,
    PRACTICE_STATE, TARGET_GROUP, VISIBILITY,
};
use super::{Field, FieldType, Kind};
use crate::limits::{PROSE_BYTES_MAX, SCALAR_BYTES_MAX};
use FieldType::{
    Code, Codes, Country, Date, Email, Flag, Integer, Line, Lines, Link, Links, MomentRange, Month, Position,
    Reference, References, TranslatedLine, TranslatedProse,
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

const fn field(name: &'static str, field_type: FieldType) -> Field {
    let bytes_max = match field_type {
        Line | TranslatedLine | Email => LINE_BYTES_MAX,
        FieldType::Prose | TranslatedProse => PROSE_BYTES_MAX,
        Link => LINK_BYTES_MAX,
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

/// The fields that every record has, whatever its kind.
pub static RECORD_FIELDS: &[Field] = &[
    field("original_language", Code(&LANGUAGE)),
    field("visibility", Code(&VISIBILITY)),
    field(crate::record::DELETED, Flag),
    field("schema", Integer { min: 1, max: 1_000_000 }),
];

/// All kinds that this version knows.
pub static KINDS: &[Kind] = &[
    Kind {
        name: "network",
        title: "name",
        ends: &[],
        fields: &[
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
    },
    Kind {
        name: "organisation",
        title: "name",
        ends: &[],
        fields: &[
            required("name", Line),
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
    },
    Kind {
        name: "membership",
        title: "",
        ends: &["organisation", "network"],
        fields: &[
            required("organisation", Reference(&["organisation"])),
            required("network", Reference(&["network"])),
            field("role", Code(&MEMBERSHIP_ROLE)),
            field("since", Date),
            field("until", Date),
        ],
    },
    Kind {
        name: "practice",
        title: "title",
        ends: &[],
        fields: &[
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
    },
    Kind {
        name: "event",
        title: "title",
        ends: &[],
        fields: &[
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
    },
];

/// A contact person. Not among [`KINDS`]: a person lies in a document of its own that few may read, so that no list,
/// import or export that goes through the kinds can bring personal data along.
pub static PERSON: Kind = Kind {
    name: crate::ids::PERSON_KIND,
    title: "family_name",
    ends: &[],
    fields: &[
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
};
