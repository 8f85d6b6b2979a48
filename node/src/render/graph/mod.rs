//! The picture of who works with whom.
//!
//! Each network is a dark box. Organisations that belong to the same networks stand together in one box, which is tied
//! to each of these networks by a line that is the thicker the more organisations it stands for. A box tied to several
//! networks holds *bridges*: it is yellow, with a double rim, and its lines are yellow. So the picture has as many
//! boxes as there are different combinations of networks, however many organisations there are, and within a box texts
//! stand in rows, where they cannot overlap.
//!
//! # Cost
//! Placing the boxes costs about their number cubed, which is bounded; organisations cost nothing beyond being written.
//! See [`Detail`] for what is left out of large pictures.

mod draw;
mod layout;

use super::{Mark, Picture, Say};
use std::collections::BTreeMap;

/// A network.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Network {
    /// What it is called.
    pub name: String,
    /// A line on its level and country.
    pub detail: String,
}

/// An organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organisation {
    /// What it is called.
    pub name: String,
    /// What its tags say: indices into [`Graph::marks`].
    pub marks: Vec<usize>,
    /// Its networks: indices into [`Graph::networks`], in rising order, each once.
    pub networks: Vec<usize>,
}

/// What is drawn.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Graph {
    /// The networks.
    pub networks: Vec<Network>,
    /// The organisations, in the order in which people read them.
    pub organisations: Vec<Organisation>,
    /// What the tags stand for.
    pub marks: Vec<Mark>,
}

/// How much of the organisations is drawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Detail {
    /// All have their names.
    Names,
    /// Bridges have their names, the others their tags.
    Bridges,
    /// Boxes say how many organisations they stand for, and no organisation is drawn by itself.
    Counts,
}

/// Most organisations that all have their names: more make a picture that no sheet of paper can show.
pub const NAMES_MAX: usize = 60;
/// Most organisations that are drawn one by one.
pub const ORGANISATIONS_MAX: usize = 600;
/// Most boxes of organisations: more lines than these cannot be followed by eye. The largest ones are drawn, and the
/// picture says how many others there are.
pub const BOXES_MAX: usize = 100;
/// Most networks: those with the most organisations are drawn.
pub const NETWORKS_MAX: usize = 60;

impl Graph {
    /// How much of it is drawn.
    pub fn detail(&self) -> Detail {
        match self.organisations.len() {
            0..=NAMES_MAX => Detail::Names,
            n if n <= ORGANISATIONS_MAX => Detail::Bridges,
            _ => Detail::Counts,
        }
    }

    /// How many organisations belong to several networks.
    pub fn bridges(&self) -> usize {
        self.organisations.iter().filter(|organisation| organisation.networks.len() > 1).count()
    }

    /// Draws it.
    pub fn draw(&self, say: &Say<'_>) -> Picture {
        let scene = Scene::of(self);
        let places = layout::places(&scene);
        draw::draw(self, &scene, &places, say)
    }
}

/// Organisations that belong to the same networks.
struct Cluster {
    /// Their networks: indices into [`Scene::networks`].
    hubs: Vec<usize>,
    /// The organisations: indices into [`Graph::organisations`].
    members: Vec<usize>,
    /// What the box looks like inside.
    form: draw::Form,
}

/// What is placed: networks, and boxes of organisations.
struct Scene {
    /// The networks drawn: indices into [`Graph::networks`].
    networks: Vec<usize>,
    /// The lines of each network's name.
    hubs: Vec<draw::Hub>,
    /// The boxes drawn.
    clusters: Vec<Cluster>,
    /// Organisations of boxes that are not drawn.
    left_out: usize,
    /// Organisations of no network.
    alone: usize,
    detail: Detail,
}

impl Scene {
    fn of(graph: &Graph) -> Self {
        let detail = graph.detail();
        let mut sizes = vec![0_usize; graph.networks.len()];
        let mut groups: BTreeMap<&[usize], Vec<usize>> = BTreeMap::new();
        for (n, organisation) in graph.organisations.iter().enumerate() {
            groups.entry(&organisation.networks).or_default().push(n);
            for network in &organisation.networks {
                if let Some(size) = sizes.get_mut(*network) {
                    *size += 1;
                }
            }
        }
        let networks = largest(sizes.len(), NETWORKS_MAX, |n| sizes.get(n).copied().unwrap_or(0));
        let alone = groups.remove(&[][..]).map_or(0, |members| members.len());
        let groups: Vec<(&[usize], Vec<usize>)> = groups.into_iter().collect();
        let kept = largest(groups.len(), BOXES_MAX, |n| groups.get(n).map_or(0, |(_, members)| members.len()));
        let total: usize = groups.iter().map(|(_, members)| members.len()).sum();
        let mut clusters = Vec::new();
        for (signature, members) in kept.iter().filter_map(|n| groups.get(*n)) {
            let hubs: Vec<usize> =
                signature.iter().filter_map(|network| networks.iter().position(|kept| kept == network)).collect();
            if hubs.is_empty() {
                continue;
            }
            let form = draw::Form::of(graph, members, signature.len() > 1, detail);
            clusters.push(Cluster { hubs, members: members.clone(), form });
        }
        let drawn: usize = clusters.iter().map(|cluster| cluster.members.len()).sum();
        let hubs = networks.iter().filter_map(|n| graph.networks.get(*n).map(draw::Hub::of)).collect();
        Self { networks, hubs, clusters, left_out: total - drawn, alone, detail }
    }
}

/// The indices of the largest, at most so many, in rising order.
fn largest(many: usize, most: usize, size: impl Fn(usize) -> usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..many).collect();
    all.sort_by_key(|n| (std::cmp::Reverse(size(*n)), *n));
    all.truncate(most);
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests;
