//! The survey as its readers have it: parts, tables, facts and texts, read back from HTML or from Markdown.

/// One part of the document, at the heading of which it begins.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Part {
    /// What links lead to; none in Markdown.
    pub id: String,
    /// 2: a section; 3: a part of one.
    pub level: usize,
    /// Its heading.
    pub title: String,
    /// Names and values.
    pub facts: Vec<(String, String)>,
    /// By caption; the first row is the head.
    pub tables: Vec<(String, Vec<Vec<String>>)>,
    /// Everything else, paragraph by paragraph.
    pub lines: Vec<String>,
}

/// The document.
#[derive(Debug)]
pub struct Survey(pub Vec<Part>);

impl Survey {
    /// The part with this heading.
    pub fn part(&self, title: &str) -> &Part {
        self.0.iter().find(|part| part.title == title).unwrap_or_else(|| panic!("{title} is in {self:#?}"))
    }

    /// The headings of one level, in order.
    pub fn titles(&self, level: usize) -> Vec<&str> {
        self.0.iter().filter(|part| part.level == level).map(|part| part.title.as_str()).collect()
    }
}

/// Reads the document in one of its forms.
pub fn read(form: &str, text: &str) -> Survey {
    Survey(if form == "html" { of_html(text) } else { of_markdown(text) })
}

/// The text of a piece of HTML: tags away, references resolved.
fn plain(html: &str) -> String {
    let outside: String = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, rest)| rest)).collect();
    let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
    names.iter().fold(outside, |text, (name, sign)| text.replace(name, sign)).trim().to_owned()
}

/// What stands between the tags of an element that begins `text`.
fn inside<'a>(text: &'a str, name: &str) -> &'a str {
    let begin = text.find('>').expect("a tag ends") + 1;
    let end = text.find(&format!("</{name}>")).unwrap_or_else(|| panic!("{name} ends: {text}"));
    &text[begin..end]
}

/// Every element of this name in `text`, what is inside it.
fn each<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let begins = move |at: &usize| matches!(text.as_bytes().get(at + name.len() + 1), Some(b'>' | b' '));
    text.match_indices(&format!("<{name}"))
        .map(|(at, _)| at)
        .filter(begins)
        .map(move |at| inside(&text[at..], name))
        .collect::<Vec<_>>()
        .into_iter()
}

fn of_html(text: &str) -> Vec<Part> {
    let main = inside(&text[text.find("<main").expect("a main part")..], "main");
    let mut parts: Vec<Part> = Vec::new();
    for piece in main.split("<section ").skip(1) {
        let id = piece.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id").to_owned();
        let name = if piece.contains("<h2") { "h2" } else { "h3" };
        let level = name[1..].parse().expect("a level");
        let mut part =
            Part { id, level, title: each(piece, name).next().map(plain).expect("a heading"), ..Part::default() };
        let mut rest = &piece[piece.find(&format!("</{name}>")).expect("it ends")..];
        while let Some(at) =
            ["<p", "<h3", "<h4", "<dl", "<table", "<figure"].iter().filter_map(|tag| rest.find(tag)).min()
        {
            rest = &rest[at..];
            let name: String = rest[1..].chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
            let within = inside(rest, &name);
            match name.as_str() {
                "dl" => {
                    for fact in within.split("<dt>").skip(1) {
                        let (name, values) = fact.split_once("</dt>").expect("a name ends");
                        let values: Vec<String> = each(values, "dd").map(plain).collect();
                        part.facts.push((plain(name), values.join("; ")));
                    }
                }
                "table" => {
                    let row = |row: &str| -> Vec<String> {
                        let cells = row.replace("<th ", "<td ").replace("</th>", "</td>");
                        each(&cells, "td").map(plain).collect()
                    };
                    part.tables
                        .push((each(within, "caption").map(plain).collect(), each(within, "tr").map(row).collect()));
                }
                "figure" => part.lines.extend(each(within, "figcaption").map(plain)),
                _ => part.lines.push(plain(within)),
            }
            rest = &rest[rest.find(&format!("</{name}>")).expect("it ends")..];
        }
        parts.push(part);
    }
    parts
}

/// A text of Markdown without its marks.
fn unmarked(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.trim().chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            '*' => {}
            c => out.push(c),
        }
    }
    plain(&out)
}

fn of_markdown(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    // What stands in bold is the caption of a table where one follows, and a line of its own otherwise.
    let mut bold: Option<String> = None;
    for line in text.split("\n---\n").next().expect("a text").lines().filter(|line| !line.is_empty()) {
        let level = line.chars().take_while(|c| *c == '#').count();
        if let 2 | 3 = level {
            parts.push(Part { level, title: unmarked(&line[level..]), ..Part::default() });
            continue;
        }
        // What stands before the first section is the first page.
        let Some(part) = parts.last_mut() else { continue };
        if let Some(row) = line.strip_prefix("| ") {
            let cells: Vec<&str> = row.trim_end_matches('|').split(" | ").collect();
            if let Some(caption) = bold.take() {
                part.tables.push((caption, Vec::new()));
            }
            if !cells.iter().all(|cell| ["---", "--:"].contains(&cell.trim())) {
                part.tables
                    .last_mut()
                    .expect("a table has a caption")
                    .1
                    .push(cells.into_iter().map(unmarked).collect());
            }
            continue;
        }
        part.lines.extend(bold.take());
        if let Some((name, value)) = line.strip_prefix("- **").and_then(|fact| fact.split_once("**: ")) {
            part.facts.push((unmarked(name), unmarked(value)));
        } else if line.starts_with("**") {
            bold = Some(unmarked(line));
        } else {
            part.lines.push(unmarked(line.trim_start_matches('#')));
        }
    }
    parts
}
