//! What the boxes look like, and the whole sheet: title, lines, boxes, legend.

use super::layout::{Places, bounds};
use super::{Detail, Graph, Network, Scene};
use crate::render::measure::{shortened, width, wrapped};
use crate::render::place::Rect;
use crate::render::svg::{Anchor, Canvas, TAG_HEIGHT, Type, tag_width};
use crate::render::{LabelOf, Mark, Picture, Say};

const NAME: Type = Type { size: 11.0, bold: false, colour: "#1c2733" };
const HUB_NAME: Type = Type { size: 11.5, bold: true, colour: "#ffffff" };
const HUB_DETAIL: Type = Type { size: 10.0, bold: false, colour: "#dbe4ec" };
const TITLE: Type = Type { size: 20.0, bold: true, colour: "#1c2733" };
const TEXT: Type = Type { size: 11.5, bold: false, colour: "#3c4854" };
/// A network's box, and the lines of organisations of one network.
const DARK: &str = "#22384d";
const GREY_LINE: &str = "#93a0ac";
const GREY_RIM: &str = "#93a0ac";
/// Bridges.
const BRIDGE_LINE: &str = "#c98a00";
const BRIDGE_RIM: &str = "#9a6a00";
const BRIDGE_FILL: &str = "#fff6dd";

const ROW: f64 = 16.0;
const PAD: f64 = 8.0;
const NAME_WIDTH_MAX: f64 = 205.0;
const HUB_WIDTH_MAX: f64 = 214.0;
const SHEET_MARGIN: f64 = 24.0;
/// Between two tags of a row.
const TAG_GAP: f64 = 2.0;

/// The inside of a network's box.
pub struct Hub {
    lines: Vec<String>,
    detail: String,
    width: f64,
}

impl Hub {
    pub fn of(network: &Network) -> Self {
        let lines = wrapped(&network.name, HUB_NAME.size, true, HUB_WIDTH_MAX, 6);
        let detail = shortened(&network.detail, HUB_DETAIL.size, false, HUB_WIDTH_MAX);
        let widest = lines.iter().map(|line| width(line, HUB_NAME.size, true));
        let widest = widest.fold(width(&detail, HUB_DETAIL.size, false), f64::max);
        Self { lines, detail, width: widest.max(60.0) }
    }

    pub fn size(&self) -> (f64, f64) {
        (self.width + 2.0 * PAD + 4.0, self.lines.len() as f64 * 15.0 + 14.0 + 2.0 * PAD)
    }
}

/// The inside of a box of organisations.
pub struct Form {
    cells: Vec<Cell>,
    columns: usize,
    /// Width and height of a cell.
    cell: (f64, f64),
    /// Width and height of the box.
    pub size: (f64, f64),
    is_bridge: bool,
}

struct Cell {
    /// Indices of marks.
    marks: Vec<usize>,
    /// What stands behind the tags.
    name: String,
    /// What a browser shows over it.
    title: String,
}

impl Form {
    pub fn of(graph: &Graph, members: &[usize], is_bridge: bool, detail: Detail) -> Self {
        let named = detail == Detail::Names || (is_bridge && detail == Detail::Bridges);
        let cells = if detail == Detail::Counts { counts(graph, members) } else { one_by_one(graph, members, named) };
        let tags = |cell: &Cell| -> f64 {
            let tags = cell.marks.iter().filter_map(|mark| graph.marks.get(*mark));
            tags.map(|mark| tag_width(&mark.tag) + TAG_GAP).sum()
        };
        let wide = |cell: &Cell| {
            let name = width(&cell.name, NAME.size, false);
            tags(cell) + if cell.name.is_empty() { 0.0 } else { name + 3.0 }
        };
        let cell_width = cells.iter().map(wide).fold(13.0, f64::max) + if named { 8.0 } else { 3.0 };
        let columns = columns(cells.len(), cell_width, ROW);
        let rows = cells.len().div_ceil(columns);
        let size = (columns as f64 * cell_width + 2.0 * PAD, rows as f64 * ROW + 2.0 * PAD - 3.0);
        Self { cells, columns, cell: (cell_width, ROW), size, is_bridge }
    }
}

fn one_by_one(graph: &Graph, members: &[usize], named: bool) -> Vec<Cell> {
    let organisations = members.iter().filter_map(|n| graph.organisations.get(*n));
    let cell = |organisation: &super::Organisation| Cell {
        marks: if named { organisation.marks.clone() } else { organisation.marks.iter().take(1).copied().collect() },
        name: if named { shortened(&organisation.name, NAME.size, false, NAME_WIDTH_MAX) } else { String::new() },
        title: titled(graph, organisation),
    };
    let mut cells: Vec<Cell> = organisations.map(cell).collect();
    cells.sort_by(|a, b| a.marks.cmp(&b.marks));
    cells
}

/// One cell for each mark, with how many organisations have it first.
fn counts(graph: &Graph, members: &[usize]) -> Vec<Cell> {
    let first = |n: &usize| graph.organisations.get(*n).and_then(|organisation| organisation.marks.first().copied());
    let marks = (0..graph.marks.len()).map(|mark| (mark, members.iter().filter(|n| first(n) == Some(mark)).count()));
    let cell = |(mark, many): (usize, usize)| Cell {
        marks: vec![mark],
        name: format!("× {many}"),
        title: graph.marks.get(mark).map_or_else(String::new, |mark| format!("{}: {many}", mark.label)),
    };
    marks.filter(|(_, many)| *many > 0).map(cell).collect()
}

/// As many columns as make a box about twice as wide as high.
fn columns(many: usize, wide: f64, high: f64) -> usize {
    let fits = |columns: &usize| {
        let rows = many.div_ceil(*columns);
        *columns as f64 * wide >= rows as f64 * high * 0.9
    };
    (1..=many.max(1)).find(fits).unwrap_or(1)
}

/// Draws the sheet.
pub fn draw(graph: &Graph, scene: &Scene, places: &Places, say: &Say<'_>) -> Picture {
    let all: Vec<Rect> = places.hubs.iter().chain(&places.clusters).copied().collect();
    let whole = bounds(&all);
    let legend = Legend::of(graph, scene, whole.width.max(SHEET_WIDTH_MIN), say);
    let title = say("graph-title", 0);
    let head = 2.0 * SHEET_MARGIN + 22.0;
    let sheet = (whole.width.max(SHEET_WIDTH_MIN) + 2.0 * SHEET_MARGIN, 0.0);
    let (dx, dy) = ((sheet.0 - whole.width) / 2.0 - whole.x, head - whole.y);
    let moved = |rect: &Rect| Rect { x: (rect.x + dx).round(), y: (rect.y + dy).round(), ..*rect };
    let hubs: Vec<Rect> = places.hubs.iter().map(moved).collect();
    let clusters: Vec<Rect> = places.clusters.iter().map(moved).collect();
    let mut canvas = Canvas::default();
    canvas.text(
        &shortened(&title, TITLE.size, true, sheet.0 - 2.0 * SHEET_MARGIN),
        (SHEET_MARGIN, 34.0),
        TITLE,
        Anchor::Start,
        LabelOf::Other,
    );
    let subtitle = say("graph-subtitle", 0);
    canvas.text(
        &shortened(&subtitle, TEXT.size, false, sheet.0 - 2.0 * SHEET_MARGIN),
        (SHEET_MARGIN, 53.0),
        TEXT,
        Anchor::Start,
        LabelOf::Other,
    );
    for (cluster, rect) in scene.clusters.iter().zip(&clusters) {
        let colour = if cluster.form.is_bridge { BRIDGE_LINE } else { GREY_LINE };
        let thick = (0.9 + (cluster.members.len() as f64).sqrt() * 0.85).min(THICK_MAX);
        for hub in cluster.hubs.iter().filter_map(|hub| hubs.get(*hub)) {
            canvas.line(rect.centre(), hub.centre(), colour, thick);
        }
    }
    for (cluster, rect) in scene.clusters.iter().zip(&clusters) {
        cluster_box(&mut canvas, graph, &cluster.form, *rect);
    }
    for (hub, rect) in scene.hubs.iter().zip(&hubs) {
        hub_box(&mut canvas, hub, *rect);
    }
    let top = head + whole.height + SHEET_MARGIN;
    let height = top + legend.draw(&mut canvas, top) + SHEET_MARGIN;
    let size = (sheet.0, height);
    let (svg, labels) = canvas.document(size, &title, &description(graph, scene, say));
    Picture { svg, width: size.0, height: size.1, labels }
}

/// So that title and legend have room.
const SHEET_WIDTH_MIN: f64 = 640.0;
/// Thickest line in pixels.
const THICK_MAX: f64 = 12.0;

fn description(graph: &Graph, scene: &Scene, say: &Say<'_>) -> String {
    let mut parts = vec![
        say("graph-networks", graph.networks.len() as u64),
        say("graph-organisations", graph.organisations.len() as u64),
        say("graph-bridges", graph.bridges() as u64),
    ];
    parts.extend(notes(graph, scene, say));
    parts.push(say("graph-table", 0));
    parts.join(" ")
}

/// What the picture does not show.
fn notes(graph: &Graph, scene: &Scene, say: &Say<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    match scene.detail {
        Detail::Names => (),
        Detail::Bridges => notes.push(say("graph-tags-only", super::NAMES_MAX as u64)),
        Detail::Counts => notes.push(say("graph-counts-only", super::ORGANISATIONS_MAX as u64)),
    }
    let networks = graph.networks.len() - scene.networks.len();
    for (key, many) in
        [("graph-alone", scene.alone), ("graph-left-out", scene.left_out), ("graph-networks-left-out", networks)]
    {
        if many > 0 {
            notes.push(say(key, many as u64));
        }
    }
    notes
}

fn hub_box(canvas: &mut Canvas, hub: &Hub, rect: Rect) {
    canvas.rect(rect, 7.0, DARK, Some(("#ffffff", 2.0)));
    let middle = rect.centre().0;
    let mut y = rect.y + PAD + 11.0;
    for line in &hub.lines {
        canvas.text(line, (middle, y), HUB_NAME, Anchor::Middle, LabelOf::Network);
        y += 15.0;
    }
    canvas.text(&hub.detail, (middle, y), HUB_DETAIL, Anchor::Middle, LabelOf::Network);
}

fn cluster_box(canvas: &mut Canvas, graph: &Graph, form: &Form, rect: Rect) {
    if form.is_bridge {
        bridge_frame(canvas, rect);
    } else {
        canvas.rect(rect, 5.0, "#ffffff", Some((GREY_RIM, 1.0)));
    }
    for (n, cell) in form.cells.iter().enumerate() {
        let (column, row) = (n % form.columns, n / form.columns);
        let at = (rect.x + PAD + column as f64 * form.cell.0, rect.y + PAD - 1.0 + row as f64 * form.cell.1);
        let mut x = at.0;
        canvas.begin(&cell.title);
        for mark in cell.marks.iter().filter_map(|mark| graph.marks.get(*mark)) {
            x += canvas.tag(&mark.tag, mark.colour, (x, at.1)) + TAG_GAP;
        }
        if !cell.name.is_empty() {
            let of = if form.is_bridge { LabelOf::Bridge } else { LabelOf::Organisation };
            canvas.text(&cell.name, (x + 3.0, at.1 + 10.0), NAME, Anchor::Start, of);
        }
        canvas.end();
    }
}

fn titled(graph: &Graph, organisation: &super::Organisation) -> String {
    let marks = organisation.marks.iter().filter_map(|mark| graph.marks.get(*mark));
    let marks: Vec<&str> = marks.map(|mark| mark.label.as_str()).collect();
    format!("{} ({})", organisation.name, marks.join(", "))
}

/// A double rim, which needs no colour to be seen.
fn bridge_frame(canvas: &mut Canvas, rect: Rect) {
    canvas.rect(rect, 5.0, BRIDGE_FILL, Some((BRIDGE_RIM, 1.5)));
    canvas.rect(rect.grown(-3.0), 3.0, "none", Some((BRIDGE_RIM, 0.7)));
}

/// What the signs mean.
struct Legend<'a> {
    marks: Vec<&'a Mark>,
    signs: Vec<(Sign, String)>,
    notes: Vec<String>,
    width: f64,
}

#[derive(Clone, Copy)]
enum Sign {
    Network,
    One,
    Bridge,
    Line,
}

impl<'a> Legend<'a> {
    fn of(graph: &'a Graph, scene: &Scene, width: f64, say: &Say<'_>) -> Self {
        let used = |n: &usize| graph.organisations.iter().any(|organisation| organisation.marks.contains(n));
        let marks = (0..graph.marks.len()).filter(used).filter_map(|n| graph.marks.get(n)).collect();
        let signs = [
            (Sign::Network, "graph-sign-network"),
            (Sign::One, "graph-sign-one"),
            (Sign::Bridge, "graph-sign-bridge"),
            (Sign::Line, "graph-sign-line"),
        ];
        let signs = signs.map(|(sign, key)| (sign, say(key, 0))).into();
        Self { marks, signs, notes: notes(graph, scene, say), width }
    }

    /// Draws it from `top` on and gives its height.
    fn draw(&self, canvas: &mut Canvas, top: f64) -> f64 {
        let mut pen = Pen { x: SHEET_MARGIN, y: top + 12.0, right: SHEET_MARGIN + self.width };
        let rule = |canvas: &mut Canvas, y: f64| {
            canvas.line((SHEET_MARGIN, y), (SHEET_MARGIN + self.width, y), "#c4ccd3", 1.0);
        };
        rule(canvas, top - 8.0);
        for (sign, text) in &self.signs {
            let at = pen.take(canvas, SIGN_WIDTH, text);
            sign.draw(canvas, at);
        }
        pen.line_feed();
        for mark in &self.marks {
            let at = pen.take(canvas, tag_width(&mark.tag) + 5.0, &mark.label);
            canvas.tag(&mark.tag, mark.colour, (at.0, at.1 - 10.0));
        }
        pen.line_feed();
        for note in &self.notes {
            for line in wrapped(note, TEXT.size, false, self.width, 3) {
                canvas.text(&line, (SHEET_MARGIN, pen.y), TEXT, Anchor::Start, LabelOf::Other);
                pen.y += 17.0;
            }
        }
        pen.y - top - 10.0
    }
}

const SIGN_WIDTH: f64 = 32.0;

/// Where the next entry of the legend goes.
struct Pen {
    x: f64,
    y: f64,
    right: f64,
}

impl Pen {
    /// Writes an entry's text behind room for its sign; gives where the sign goes.
    fn take(&mut self, canvas: &mut Canvas, sign: f64, text: &str) -> (f64, f64) {
        let text = shortened(text, TEXT.size, false, self.right - SHEET_MARGIN - sign);
        let wide = sign + width(&text, TEXT.size, false) + 18.0;
        if self.x > SHEET_MARGIN && self.x + wide > self.right + 18.0 {
            self.line_feed();
        }
        let at = (self.x, self.y);
        canvas.text(&text, (self.x + sign, self.y), TEXT, Anchor::Start, LabelOf::Other);
        self.x += wide;
        at
    }

    fn line_feed(&mut self) {
        if self.x > SHEET_MARGIN {
            self.x = SHEET_MARGIN;
            self.y += 21.0;
        }
    }
}

impl Sign {
    fn draw(self, canvas: &mut Canvas, (x, y): (f64, f64)) {
        let rect = Rect { x, y: y - 10.0, width: 24.0, height: 13.0 };
        match self {
            Self::Network => canvas.rect(rect, 3.0, DARK, None),
            Self::One => canvas.rect(rect, 3.0, "#ffffff", Some((GREY_RIM, 1.0))),
            Self::Bridge => bridge_frame(canvas, rect),
            Self::Line => {
                canvas.line((x, y - 7.0), (x + 24.0, y - 7.0), GREY_LINE, 1.7);
                canvas.line((x, y - 1.0), (x + 24.0, y - 1.0), GREY_LINE, 4.5);
            }
        }
    }
}

/// The height of a tag must fit into a row, or tags of neighbouring rows would touch.
const _: () = assert!(TAG_HEIGHT < ROW);
