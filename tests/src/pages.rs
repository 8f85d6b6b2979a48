//! Every page, as the routers name them: what is looked at page by page cannot forget one.

use std::path::PathBuf;

/// Where the pages' routers are. The first page, of an empty machine, lies deeper and has tests of its own.
const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../node/src/pages");

/// What is read and is no page: files that are saved, and the page's own parts.
const FILES: [&str; 5] =
    ["/static/app.css", "/static/app.js", "/favicon.svg", "/favicon.ico", "/partners/invites/{id}/ticket"];

/// The addresses of all pages, with `{id}` where they are of one thing.
///
/// # Panics
/// The sources of the node are not there.
pub fn templates() -> Vec<String> {
    let files = std::fs::read_dir(PAGES).expect("the sources are there").map(|entry| entry.expect("a name").path());
    let is_source = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    let sources: Vec<String> =
        files.filter(is_source).map(|path| std::fs::read_to_string(path).expect("a source")).collect();
    let routes = sources.iter().flat_map(|source| source.split(".route(").skip(1)).filter_map(|route| {
        let (path, handler) = route.split_once('"')?.1.split_once('"')?;
        handler.trim_start_matches(',').trim_start().starts_with("get(").then(|| path.to_owned())
    });
    let mut pages: Vec<String> = routes.filter(|path| !FILES.contains(&path.as_str())).collect();
    pages.sort();
    assert!(pages.len() > 15 && pages.contains(&"/".to_owned()), "the routers are read: {pages:?}");
    pages
}

/// Whether a path is one of a template's.
pub fn is_of(path: &str, template: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let (path, template): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), template.split('/').collect());
    path.len() == template.len() && path.iter().zip(&template).all(|(a, b)| a == b || b.starts_with('{'))
}

/// The paths of pages that are of no one thing, and `more`, which must hold one of every other page.
///
/// # Panics
/// A page of one thing is not among `more`.
pub fn every(more: Vec<String>) -> Vec<String> {
    let templates = templates();
    for template in templates.iter().filter(|template| template.contains('{')) {
        // A page of its own, such as `/records/new`, may fit the template of another.
        let is_fixed = |path: &str| templates.iter().any(|template| Some(template.as_str()) == path.split('?').next());
        let has = more.iter().any(|path| is_of(path, template) && !is_fixed(path));
        assert!(has, "a page is looked at by nobody: {template}");
    }
    // A new record is one of a kind.
    let fixed = templates.iter().filter(|template| !template.contains('{') && *template != "/records/new");
    fixed.cloned().chain(more).collect()
}
