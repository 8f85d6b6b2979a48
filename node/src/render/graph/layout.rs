//! Where the boxes of the picture stand.
//!
//! From several starts (the networks on an ellipse, in different orders) springs pull boxes to their networks; then
//! boxes are parted, and each is moved to wherever around its networks the picture gets better. The best end wins.
//! Nothing is left to chance: only sums, products and square roots are used, which are the same on every machine.

use super::Scene;
use crate::render::place::{Rect, part, part_once};
use std::sync::{Mutex, PoisonError};

/// Least distance between two boxes in pixels.
const MARGIN: f64 = 18.0;
/// Free way between a box and its network that springs aim at.
const GAP: f64 = 34.0;
/// How much wider than high the picture should be: a sheet of paper on its side.
const ASPECT: f64 = 1.45;
/// Steps of the springs.
const STEPS: usize = 260;
/// Rounds of moving single boxes.
const ROUNDS: usize = 3;
/// What a line through a foreign box costs, in pixels of line.
const CROSSING: f64 = 260.0;
/// Work that all starts together may cost, as boxes squared: a picture with few boxes is tried more often.
const WORK: usize = 14_000;

/// Where everything stands: first the networks, then the boxes of organisations.
pub struct Places {
    /// By [`Scene::hubs`].
    pub hubs: Vec<Rect>,
    /// By [`Scene::clusters`].
    pub clusters: Vec<Rect>,
}

/// Pictures whose places are remembered: four languages in two colours.
const SOLVED_KEPT: usize = 8;
/// What was solved last. Most edits change no box: then its picture need not be laid out again, which is most of its cost.
static SOLVED: Mutex<Vec<(Problem, Vec<Rect>)>> = Mutex::new(Vec::new());

/// The places of a problem: the same each time, found once.
fn solved(problem: Problem) -> Vec<Rect> {
    let lock = || SOLVED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, rects)) = lock().iter().find(|(known, _)| *known == problem) {
        return rects.clone();
    }
    let rects = problem.best();
    let mut solved = lock();
    if solved.len() >= SOLVED_KEPT {
        solved.remove(0);
    }
    solved.push((problem, rects.clone()));
    rects
}

#[derive(PartialEq)]
struct Problem {
    sizes: Vec<(f64, f64)>,
    /// (box, network, weight).
    ties: Vec<(usize, usize, f64)>,
    hubs: usize,
}

/// Places a scene.
pub fn places(scene: &Scene) -> Places {
    let hubs = scene.hubs.len();
    let sizes: Vec<(f64, f64)> =
        scene.hubs.iter().map(|hub| hub.size()).chain(scene.clusters.iter().map(|c| c.form.size)).collect();
    let mut ties = Vec::new();
    for (n, cluster) in scene.clusters.iter().enumerate() {
        ties.extend(cluster.hubs.iter().map(|hub| (hubs + n, *hub, 1.0 + (cluster.members.len() as f64).sqrt())));
    }
    let mut rects = solved(Problem { sizes, ties, hubs });
    let clusters = rects.split_off(hubs.min(rects.len()));
    Places { hubs: rects, clusters }
}

const DIAGONAL: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Points of the unit circle, without the sines that differ between machines.
const CIRCLE: [(f64, f64); 16] = [
    (1.0, 0.0),
    (0.9239, 0.3827),
    (DIAGONAL, DIAGONAL),
    (0.3827, 0.9239),
    (0.0, 1.0),
    (-0.3827, 0.9239),
    (-DIAGONAL, DIAGONAL),
    (-0.9239, 0.3827),
    (-1.0, 0.0),
    (-0.9239, -0.3827),
    (-DIAGONAL, -DIAGONAL),
    (-0.3827, -0.9239),
    (0.0, -1.0),
    (0.3827, -0.9239),
    (DIAGONAL, -DIAGONAL),
    (0.9239, -0.3827),
];

/// A point of the unit circle between those of the table.
fn on_circle(turn: f64) -> (f64, f64) {
    let place = (turn - turn.floor()) * CIRCLE.len() as f64;
    let n = place as usize % CIRCLE.len();
    let (a, b) = (CIRCLE[n], CIRCLE[(n + 1) % CIRCLE.len()]); // INVARIANT: both are taken modulo the length.
    let t = place - place.floor();
    (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t)
}

impl Problem {
    /// The best end of several starts.
    fn best(&self) -> Vec<Rect> {
        let square = self.sizes.len() * self.sizes.len();
        let starts = (WORK / square.max(1)).clamp(2, 16);
        let mut best: Option<(f64, Vec<Rect>)> = None;
        for start in 0..starts {
            let rects = self.solve(start);
            let cost = self.cost(&rects);
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, rects));
            }
        }
        best.map(|(_, rects)| rects).unwrap_or_default()
    }

    fn solve(&self, start: usize) -> Vec<Rect> {
        let mut rects = self.begin(start);
        self.pull(&mut rects);
        part(&mut rects, MARGIN);
        for _ in 0..ROUNDS {
            if !self.improve(&mut rects) {
                break;
            }
        }
        rects
    }

    /// The network with the most ties in the middle, the others around it; each box between its networks.
    fn begin(&self, start: usize) -> Vec<Rect> {
        let mut degree = vec![0.0; self.hubs];
        for (cluster, hub, weight) in &self.ties {
            let shared = self.ties.iter().filter(|(other, _, _)| other == cluster).count();
            if let Some(sum) = degree.get_mut(*hub) {
                *sum += if shared > 1 { *weight } else { 0.0 };
            }
        }
        let mut middle = 0;
        for (n, sum) in degree.iter().enumerate() {
            if degree.get(middle).is_some_and(|most| sum > most) {
                middle = n;
            }
        }
        let around: Vec<usize> = (0..self.hubs).filter(|n| *n != middle).collect();
        // Strides through the circle put networks beside others in each start.
        let many = around.len().max(1);
        let stride = (1..=many).filter(|step| gcd(*step, many) == 1).nth(start / 2 % 4).unwrap_or(1);
        let mut points = vec![(0.0, 0.0); self.sizes.len()];
        for (n, hub) in around.iter().enumerate() {
            let turn = (n * stride % many) as f64 / many as f64
                + if start.is_multiple_of(2) { 0.0 } else { 0.5 / many as f64 };
            let (x, y) = on_circle(turn);
            if let Some(point) = points.get_mut(*hub) {
                *point = (x * 330.0 * ASPECT, y * 330.0);
            }
        }
        for n in self.hubs..self.sizes.len() {
            let mine: Vec<(f64, f64)> = self.hubs_of(n).filter_map(|hub| points.get(hub).copied()).collect();
            let many = mine.len().max(1) as f64;
            let sum = mine.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
            // Boxes of one network lie outside of it; those that share their networks do not lie on one point.
            let out = if mine.len() == 1 { 1.35 } else { 1.0 };
            let (x, y) = on_circle(n as f64 * 0.382);
            if let Some(point) = points.get_mut(n) {
                *point = (sum.0 / many * out + x * 25.0, sum.1 / many * out + y * 25.0);
            }
        }
        points.iter().zip(&self.sizes).map(|(point, size)| Rect::around(*point, *size)).collect()
    }

    fn hubs_of(&self, cluster: usize) -> impl Iterator<Item = usize> + '_ {
        self.ties.iter().filter(move |(one, _, _)| *one == cluster).map(|(_, hub, _)| *hub)
    }

    /// Springs along the ties, a pull to the middle, and whatever overlaps steps aside a little.
    fn pull(&self, rects: &mut [Rect]) {
        for step in 0..STEPS {
            let heat = 0.22 * (1.0 - step as f64 / STEPS as f64) + 0.02;
            for (cluster, hub, _) in &self.ties {
                let (Some(a), Some(b)) = (rects.get(*cluster).copied(), rects.get(*hub).copied()) else { continue };
                let (from, to) = (a.centre(), b.centre());
                let (dx, dy) = (to.0 - from.0, to.1 - from.1);
                let free_x = (dx.abs() - (a.width + b.width) / 2.0).max(0.0);
                let free_y = (dy.abs() - (a.height + b.height) / 2.0).max(0.0);
                let free = (free_x * free_x + free_y * free_y).sqrt();
                let length = (dx * dx + dy * dy).sqrt().max(1.0);
                let by = (free - GAP) * heat / length;
                shift(rects, *cluster, (dx * by * 0.7, dy * by * 0.7));
                shift(rects, *hub, (-dx * by * 0.3, -dy * by * 0.3));
            }
            for rect in rects.iter_mut() {
                let (x, y) = rect.centre();
                rect.x -= x * 0.008 * heat;
                rect.y -= y * 0.008 * heat * ASPECT * ASPECT;
            }
            part_once(rects, MARGIN);
        }
    }

    /// Moves each box to the best free place that a grid around has; whether any moved.
    fn improve(&self, rects: &mut [Rect]) -> bool {
        let mut moved = false;
        let whole = bounds(rects);
        for n in 0..rects.len() {
            let Some(now) = rects.get(n).copied() else { continue };
            let mut best = (self.cost_of(rects, n, now), now);
            let before = best.0;
            let step = STEP;
            let (columns, rows) = ((whole.width / step) as usize + 1, (whole.height / step) as usize + 1);
            for place in 0..columns * rows {
                let at = (whole.x + (place % columns) as f64 * step, whole.y + (place / columns) as f64 * step);
                let there = Rect { x: at.0, y: at.1, ..now };
                let room = there.grown(MARGIN - 1e-3);
                if !there.overlaps(&whole) || self.distance(rects, n, there) >= best.0 {
                    continue;
                }
                if rects.iter().enumerate().any(|(other, rect)| other != n && room.overlaps(rect)) {
                    continue;
                }
                let cost = self.cost_of(rects, n, there);
                if cost < best.0 - 1.0 {
                    best = (cost, there);
                }
            }
            if best.0 < before - 1.0 {
                moved = true;
                if let Some(rect) = rects.get_mut(n) {
                    *rect = best.1;
                }
            }
        }
        moved
    }

    /// The part of the cost that is quick to know: the length of a box's own ties, and how far out it is.
    fn distance(&self, rects: &[Rect], n: usize, there: Rect) -> f64 {
        let at = there.centre();
        let mut sum = 0.0;
        for (cluster, hub, weight) in self.ties.iter().filter(|(a, b, _)| *a == n || *b == n) {
            let other = if *cluster == n { *hub } else { *cluster };
            let to = rects.get(other).map_or(at, Rect::centre);
            sum += length(at, to) * (1.0 + weight * 0.15);
        }
        sum + outside(there) * 0.35
    }

    fn cost_of(&self, rects: &[Rect], n: usize, there: Rect) -> f64 {
        let at = there.centre();
        let mut crossings = 0;
        for (cluster, hub, _) in &self.ties {
            if *cluster == n || *hub == n {
                let other = if *cluster == n { *hub } else { *cluster };
                let to = rects.get(other).map_or(at, Rect::centre);
                let through = |(k, rect): (usize, &Rect)| k != n && k != other && rect.is_crossed(at, to);
                crossings += rects.iter().enumerate().filter(|(k, rect)| through((*k, rect))).count();
            } else if let (Some(a), Some(b)) = (rects.get(*cluster), rects.get(*hub)) {
                crossings += usize::from(there.is_crossed(a.centre(), b.centre()));
            }
        }
        self.distance(rects, n, there) + crossings as f64 * CROSSING
    }

    fn cost(&self, rects: &[Rect]) -> f64 {
        let whole = bounds(rects);
        let mut sum = 0.0;
        for (cluster, hub, weight) in &self.ties {
            let (Some(a), Some(b)) = (rects.get(*cluster), rects.get(*hub)) else { continue };
            let (from, to) = (a.centre(), b.centre());
            sum += length(from, to) * (1.0 + weight * 0.15);
            let through = |(k, rect): &(usize, &Rect)| k != cluster && k != hub && rect.is_crossed(from, to);
            sum += rects.iter().enumerate().filter(through).count() as f64 * CROSSING;
        }
        sum + whole.width.max(whole.height * ASPECT) * 3.0 + (whole.width * whole.height).sqrt() * 2.0
    }
}

/// The grid on which single boxes are tried, in pixels.
const STEP: f64 = 22.0;

fn shift(rects: &mut [Rect], n: usize, (dx, dy): (f64, f64)) {
    if let Some(rect) = rects.get_mut(n) {
        rect.x += dx;
        rect.y += dy;
    }
}

fn length(a: (f64, f64), b: (f64, f64)) -> f64 {
    ((a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1)).sqrt()
}

/// How far out a box reaches, a sheet's height counting as much as its width.
fn outside(rect: Rect) -> f64 {
    rect.x.abs().max(rect.right().abs()).max(rect.y.abs() * ASPECT).max(rect.bottom().abs() * ASPECT)
}

/// The smallest rectangle around all.
pub fn bounds(rects: &[Rect]) -> Rect {
    rects.iter().copied().reduce(|a, b| a.with(&b)).unwrap_or_default()
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
