//! Every page, as the routers name them: what is looked at page by page cannot forget one.

use std::path::PathBuf;

/// Where the pages' routers are. The first page, of an empty machine, lies deeper and has tests of its own.
const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../node/src/pages");

/// What is read and is no page: files that are saved, the page's own parts, and how an open page comes again.
const FILES: [&str; 6] =
    ["/live", "/static/app.css", "/static/app.js", "/favicon.svg", "/favicon.ico", "/partners/invites/{id}/ticket"];

/// The addresses of all pages, with `{id}` where they are of one thing.
///
/// # Panics
/// The sources of the node are not there.
pub fn templates() -> Vec<String> {
    let files = std::fs::read_dir(PAGES).expect("the sources are there").map(|entry| entry.expect("a name").path());
    let is_source = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    let sources: Vec<String> =
        files.filter(is_source).map(|path| std::fs::read_to_string(path).expect("a source")).collect();
    let routes = sources.iter().flat_map(|source| routes(source)).filter(|(_, is_read)| *is_read).map(|(path, _)| path);
    let mut pages: Vec<String> = routes.filter(|path| !FILES.contains(&path.as_str())).collect();
    pages.sort();
    assert!(pages.len() > 15 && pages.contains(&"/".to_owned()), "the routers are read: {pages:?}");
    pages
}

/// The routes of a source, each with whether it is read, by whichever of its handlers.
fn routes(source: &str) -> Vec<(String, bool)> {
    let route = |text: &str| {
        let (path, handlers) = text.split_once('"')?.1.split_once('"')?;
        // Up to the parenthesis that closes the call: formatting breaks it as it likes.
        let mut depth = 1;
        let own = handlers.find(|c: char| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        let handlers: String = handlers[..own?].chars().filter(|c| !c.is_whitespace()).collect();
        let is_read = handlers.split(['(', ')', '.', ',']).any(|word| word == "get");
        Some((path.to_owned(), is_read))
    };
    source.split(".route(").skip(1).filter_map(route).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What the API's router serves beside `/api/v1` and the pages: for programs, files, and the page where somebody signs
    /// in: with name and password the office door's test looks at it, and as a stranger on loopback finds it that of the first pages.
    const OTHERS: [&str; 7] =
        ["/healthz", "/readyz", "/metrics", "/openapi.json", "/login", "/office/root.crt", "/calendar/{file}"];

    fn rust_sources(dir: PathBuf) -> Vec<(PathBuf, String)> {
        let entries = std::fs::read_dir(dir).expect("the sources are there").map(|entry| entry.expect("a name").path());
        let sources = entries.flat_map(|path| match path.is_dir() {
            true => rust_sources(path),
            false => vec![(path.clone(), std::fs::read_to_string(path).unwrap_or_default())],
        });
        sources.filter(|(path, _)| path.extension().is_some_and(|extension| extension == "rs")).collect()
    }

    #[test]
    fn a_route_is_read_by_whichever_handler() {
        let source =
            "Router::new().route(\"/a\", get(a)).route(\"/b\", post(b).get(c)).route(\n\"/c\",\n post(get_it))";
        let expected = [("/a", true), ("/b", true), ("/c", false)].map(|(path, read)| (path.to_owned(), read));
        assert_eq!(routes(source), expected, "in any order, and by no other word");
    }

    /// A page on a route that the looks at every page do not know would be looked at by nobody.
    #[test]
    fn no_route_of_the_node_is_forgotten() {
        let known = templates();
        let src = PathBuf::from(PAGES).join("..");
        let mut forgotten = Vec::new();
        for (file, source) in rust_sources(src) {
            // The first page has tests of its own: `first` and `before`.
            if file.components().any(|part| part.as_os_str() == "first") {
                continue;
            }
            // The API's routes are nested below its prefix.
            let source = source.split("fn api() -> Router").next().unwrap_or_default();
            let is_known = |path: &String| {
                known.contains(path) || FILES.contains(&path.as_str()) || OTHERS.contains(&path.as_str())
            };
            let read = routes(source).into_iter().filter(|(_, is_read)| *is_read).map(|(path, _)| path);
            forgotten.extend(read.filter(|path| path.starts_with('/') && !is_known(path)));
        }
        assert_eq!(forgotten, Vec::<String>::new(), "looked at by nobody");
        assert!(
            known.iter().any(|path| path == "/registers/{id}/writers"),
            "pages of one thing are among them: {known:?}"
        );
    }
}
