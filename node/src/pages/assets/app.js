// Live updates: when something changes, the node makes this page again and sends it, and its parts marked `data-live`
// are replaced. A part in which somebody is working is left alone; a line says that it changed.

let source;
const notice = document.createElement("div");
notice.className = "notice";
notice.setAttribute("role", "status");
document.body.append(notice);

// The address under which this page is made again. What answers a form has none of its own, and some pages take long.
const here = () => document.body.dataset.from ?? location.pathname + location.search;

const dirty = new WeakSet();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form");
  if (form && !form.hasAttribute("data-filter")) dirty.add(form);
});

function inUse(part) {
  const active = document.activeElement;
  if (active && part.contains(active) && active.matches("input, select, textarea")) return true;
  return [...part.querySelectorAll("form")].some((form) => dirty.has(form));
}

function tell(text, withLink) {
  notice.replaceChildren();
  if (!text) return;
  notice.append(text);
  if (withLink) {
    const link = document.createElement("a");
    link.href = here();
    link.textContent = document.body.dataset.reload;
    notice.append(" ", link);
  }
}

// The link, button or word of a group in a new part that stands where the one with the focus stood.
function twinOf(active, part, fresh) {
  if (active.id) return fresh.querySelector(`#${CSS.escape(active.id)}`);
  if (active.matches("details[id] > summary")) return fresh.querySelector(`#${CSS.escape(active.parentElement.id)} > summary`);
  // A link's text may be a number that has just changed.
  const key = (element) => element.tagName + (element.getAttribute("href") ?? element.textContent);
  const alike = (root) => [...root.querySelectorAll("a[href], button, summary")].filter((e) => key(e) === key(active));
  return alike(fresh)[alike(part).indexOf(active)];
}

function replace(part, fresh) {
  const active = part.contains(document.activeElement) ? document.activeElement : null;
  const open = [...part.querySelectorAll("details[open][id]")].map((details) => details.id);
  const shown = [...part.querySelectorAll("[popover]")].filter((menu) => menu.matches(":popover-open")).map((menu) => menu.id);
  const twin = active && twinOf(active, part, fresh);
  part.replaceWith(fresh);
  for (const id of shown) document.getElementById(id)?.showPopover();
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  twin?.focus({ preventScroll: true });
}

function show({ status, html }) {
  if (status === 401) {
    source.close();
    return tell(document.body.dataset.out, false);
  }
  if (!html) return tell(document.body.dataset.offline, false);
  const page = new DOMParser().parseFromString(html, "text/html");
  let skipped = false;
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh || fresh.outerHTML === part.outerHTML) continue;
    if (inUse(part)) skipped = true;
    else replace(part, document.adoptNode(fresh));
  }
  tell(skipped ? document.body.dataset.changed : "", skipped);
}

// A stream that is refused is not tried again: the page itself says why.
async function explain() {
  const answer = await fetch(here(), { method: "HEAD", headers: { accept: "text/html" } }).catch(() => undefined);
  if (answer?.status === 401) tell(document.body.dataset.out, false);
}

// A form and a history (`data-record`) are about one record alone. Every other page may show any record, also one that
// leads to what it shows.
function listen() {
  const { seen, opened } = document.body.dataset;
  const asks = new URLSearchParams({ page: here(), after: seen, opened });
  const about = document.querySelector("[data-record]")?.dataset.record;
  if (about) asks.set("about", about);
  source = new EventSource(`/live?${asks}`);
  source.addEventListener("page", (event) => show(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    tell(document.body.dataset.offline, false);
    if (source.readyState === EventSource.CLOSED) explain();
  });
  source.addEventListener("open", () => tell("", false));
}

// Browsers keep pages that were left, for the way back. Each would hold one of the few connections that a
// browser opens to one address, and after six pages the next one would never come.
addEventListener("pagehide", () => source.close());
addEventListener("pageshow", (event) => {
  if (event.persisted) listen();
});

// A group of the navigation closes when somebody goes elsewhere; Escape leads back to its word.
const menus = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});
for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, ({ target }) => {
    for (const menu of menus()) if (!menu.contains(target)) menu.open = false;
  });
}

// What takes long is answered when there is more to say, and the page comes again once it is over.
async function wait() {
  for (;;) {
    const address = document.querySelector("[data-waits]")?.dataset.waits;
    if (!address) return;
    const answer = await fetch(address, { headers: { accept: "text/html" } }).catch(() => undefined);
    if (!answer) return tell(document.body.dataset.offline, false);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("[data-waits]")) return location.reload();
  }
}

listen();
wait();
