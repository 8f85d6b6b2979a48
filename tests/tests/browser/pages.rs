//! Every page, as the router names them: what is looked at page by page cannot forget one.

const ROUTER: &str = include_str!("../../../node/src/pages/mod.rs");

/// What is read and is no page: files that are saved, and the page's own parts.
const FILES: [&str; 5] =
    ["/static/app.css", "/static/app.js", "/favicon.svg", "/favicon.ico", "/partners/invites/{id}/ticket"];

/// The addresses of all pages, with `{id}` where they are of one thing.
pub fn templates() -> Vec<&'static str> {
    let routes = ROUTER.split(".route(").skip(1).filter_map(|route| {
        let (path, handler) = route.split_once('"')?.1.split_once('"')?;
        handler.trim_start_matches(',').trim_start().starts_with("get(").then_some(path)
    });
    let pages: Vec<&str> = routes.filter(|path| !FILES.contains(path)).collect();
    assert!(pages.len() > 15 && pages.contains(&"/"), "the router is read: {pages:?}");
    pages
}

/// Whether a path is one of a template's.
pub fn is_of(path: &str, template: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let (path, template): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), template.split('/').collect());
    path.len() == template.len() && path.iter().zip(&template).all(|(a, b)| a == b || b.starts_with('{'))
}

/// The paths of pages that are of no one thing, and `more`, which must hold one of every other page.
pub fn every(more: Vec<String>) -> Vec<String> {
    let templates = templates();
    for template in templates.iter().filter(|template| template.contains('{')) {
        // A page of its own, such as `/records/new`, may fit the template of another.
        let has = more.iter().any(|path| is_of(path, template) && !templates.contains(&path.split('?').next().unwrap_or("")));
        assert!(has, "a page is looked at by nobody: {template}");
    }
    let fixed = templates.iter().filter(|template| !template.contains('{') && **template != "/records/new");
    fixed.map(|path| (*path).to_owned()).chain(more).collect()
}
