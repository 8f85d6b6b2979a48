//! The navigation of every page: what there is, in groups that open without a script.

use super::layout::{Ctx, Place};
use maud::{Markup, html};

/// One place of the navigation: where it leads, and the message that names it.
type Item = (Place, &'static str, &'static str);

/// A group of places under one word.
struct Group {
    id: &'static str,
    label: &'static str,
    items: &'static [Item],
}

const GROUPS: [Group; 5] = [
    Group {
        id: "menu-registers",
        label: "menu-registers",
        items: &[
            (Place::Kind("network"), "/networks", "kinds-network"),
            (Place::Kind("organisation"), "/organisations", "kinds-organisation"),
            (Place::Kind("membership"), "/memberships", "kinds-membership"),
            (Place::People, "/people", "menu-people"),
            (Place::Kind("practice"), "/practices", "kinds-practice"),
            (Place::Kind("event"), "/events", "kinds-event"),
            (Place::Kind("interest"), "/interests", "menu-interests"),
            (Place::Kind("programme"), "/programmes", "menu-programmes"),
            (Place::Kind("publication"), "/publications", "menu-publications"),
        ],
    },
    Group {
        id: "menu-work",
        label: "menu-work",
        items: &[
            (Place::Conflicts, "/conflicts", "nav-conflicts"),
            (Place::Proposals, "/proposals", "menu-proposals"),
            (Place::Translations, "/translations", "menu-translations"),
            (Place::Stale, "/stale", "menu-stale"),
            (Place::SameAs, "/sameas", "menu-sameas"),
            (Place::Import, "/import", "menu-import"),
        ],
    },
    Group {
        id: "menu-pictures",
        label: "menu-pictures",
        items: &[
            (Place::Map, "/map", "menu-map"),
            (Place::Graph, "/graph", "menu-graph"),
            (Place::Calendar, "/calendar", "menu-calendar"),
            (Place::Survey, "/survey", "menu-survey"),
            (Place::Export, "/export", "menu-export"),
        ],
    },
    Group {
        id: "menu-partners",
        label: "nav-partners",
        items: &[
            (Place::Partners, "/partners", "menu-partners"),
            (Place::Exchange, "/exchange", "exchange-title"),
            (Place::Devices, "/devices", "menu-devices"),
            (Place::Registers, "/registers", "menu-writers"),
        ],
    },
    Group {
        id: "menu-node",
        label: "menu-node",
        items: &[
            (Place::Settings, "/settings", "menu-settings"),
            (Place::Backup, "/backup", "menu-backup"),
            (Place::Diagnose, "/diagnose", "menu-diagnose"),
        ],
    },
];

impl Group {
    fn holds(&self, place: Place) -> bool {
        self.items.iter().any(|(item, ..)| *item == place)
    }
}

/// The bar of groups; `place` is where the visitor is.
pub fn bar(ctx: &Ctx, place: Place) -> Markup {
    html! {
        nav.main aria-label=(ctx.t("nav-main")) #nav data-live {
            // Where there is little room, the groups come out by this button; elsewhere they stand in a line.
            button.quiet.unfold type="button" popovertarget="menu" {
                (ctx.t("nav-menu")) (waiting(ctx, GROUPS.iter().map(|group| group_count(ctx, group)).sum()))
            }
            ul #menu popover="auto" {
                li.fold { button.quiet type="button" popovertarget="menu" popovertargetaction="hide" { (ctx.t("nav-menu-close")) } }
                li { a.top href="/" aria-current=[(place == Place::Overview).then_some("page")] { (ctx.t("nav-overview")) } }
                @for group in &GROUPS {
                    li {
                        // Of one name only one is open; browsers that do not know that leave both open.
                        details.menu name="menu" id=(group.id) {
                            summary.top.here[group.holds(place)] { (ctx.t(group.label)) (waiting(ctx, group_count(ctx, group))) }
                            // What is for admins alone leads others nowhere.
                            @let seen = group.items.iter().filter(|(item, ..)| *item != Place::Settings || ctx.is_admin());
                            ul { @for item in seen { li { (link(ctx, place, item)) } } }
                        }
                    }
                }
            }
        }
    }
}

fn link(ctx: &Ctx, here: Place, (place, path, label): &Item) -> Markup {
    html! {
        a href=(path) aria-current=[(here == *place).then_some("page")] { (ctx.t(label)) (waiting(ctx, count(ctx, *place))) }
    }
}

/// How much waits for somebody at a place.
fn count(ctx: &Ctx, place: Place) -> u64 {
    match place {
        Place::Conflicts => ctx.conflicts,
        Place::Partners => crate::views::approvals::waiting(&ctx.status) as u64,
        _ => 0,
    }
}

/// How much waits for somebody in a group.
fn group_count(ctx: &Ctx, group: &Group) -> u64 {
    group.items.iter().map(|(item, ..)| count(ctx, *item)).sum()
}

fn waiting(ctx: &Ctx, count: u64) -> Markup {
    html! { @if count > 0 { " " span.count { (ctx.lang.number(count)) span.vh { " " (ctx.t("nav-waiting")) } } } }
}

/// The address of a place of a group, for pages whose own address answers forms alone.
pub fn path_of(place: Place) -> Option<&'static str> {
    GROUPS.iter().flat_map(|group| group.items).find(|(item, ..)| *item == place).map(|(_, path, _)| *path)
}
