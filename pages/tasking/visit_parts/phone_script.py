"""What runs in the browser to list what is on and to log a visit, with or without a connection.

Everything from data is set as text. What the server last said and what is kept on the phone are
drawn as one: whoever has tapped sees where the team is, whether or not that was sent.
"""

from __future__ import annotations

from typing import Final

from pages.tasking.visit_parts.kept_script import KEPT_SCRIPT
from pages.tasking.visit_parts.nearest_script import NEAREST_SCRIPT

_PHONE: Final = """
const CLOCK_MS = 60000;  // by so much the phone's clock may differ and is still gone by

const make = (tag, said = {}, ...inside) => {
  const box = document.createElement(tag);
  for (const [name, value] of Object.entries(said)) {
    if (name === "text") box.textContent = value;
    else if (name.startsWith("on")) box.addEventListener(name.slice(2), value);
    else if (value === true) box.setAttribute(name, "");
    else if (value !== false && value !== null) box.setAttribute(name, value);
  }
  box.append(...inside.filter(Boolean));
  return box;
};

class Phone {
  constructor(root) {
    this.root = root;
    this.answers = new Map();  // what the server said of a tasking since the page was drawn
    this.ahead = 0;
    this.position = new Position(() => this.draw());
    this.quiet = new MutationObserver(() => this.closeWarning());
    this.quiet.observe(document.body, {childList: true});
    this.app = document.querySelector("[data-test-connection-state]");
    this.link = new MutationObserver(() => this.draw());
    this.link.observe(this.app, {attributeFilter: ["data-test-connection-state"]});
    this.onLine = () => this.draw();
    for (const name of ["online", "offline"]) window.addEventListener(name, this.onLine);
  }
  stop() {
    for (const name of ["online", "offline"]) window.removeEventListener(name, this.onLine);
    this.link.disconnect();
    this.quiet.disconnect();
    this.position.stop();
    if (this.kept) this.kept.stop();
  }

  update(data, say) {
    const first = !this.data;
    const again = !first && data.now === this.data.now;
    if (!again) this.ahead = Date.now() - data.now;
    if (first || data.selected !== this.data.selected) this.selected = data.selected;
    this.data = data;
    this.say = say;
    if (!this.kept || this.kept.person !== data.person) {
      if (this.kept) this.kept.stop();
      this.kept = new Kept(data.person, (answer, entry) => this.told(answer, entry));
    }
    for (const [id, there] of this.answers) {
      const item = data.items.find((each) => each.id === id);
      const same = item && (item.there ? item.there.visit : 0) === (there ? there.visit : 0);
      if (!item || same) this.answers.delete(id);
    }
    const team = this.kept.read().team;
    if (data.teamIsOwn && team !== data.team) {
      this.kept.change((state) => { state.team = data.team; });
    } else if (data.askTeam && team && !this.asked) {
      this.asked = true;
      say.state("team", team);
    }
    this.draw();
    if (!again) this.kept.send();
  }
  told(answer, entry) {
    if (answer) {
      this.answers.set(answer.tasking,
        answer.left ? null : {visit: answer.visit, at: Date.parse(answer.arrived)});
      const [from, to] = [answer.arrived, answer.left].map((at) => this.clock(Date.parse(at)));
      this.done = entry.kind === "left" ? `Saved: ${from} to ${to}.` : "";
      this.say.trigger("logged", entry.key);
    }
    this.draw();
  }
  // Streamlit covers the page with a warning while it is not connected; this page goes on without.
  closeWarning() {
    if (this.app.dataset.testConnectionState === "CONNECTED") return;
    for (const dialog of document.querySelectorAll("[data-testid=stDialog]")) {
      const close = dialog.querySelector("button[aria-label=Close]");
      if (close) close.click();
    }
  }

  // The page's own switch between list and map asks the server, so a phone gets another meanwhile.
  isLost() {
    return !navigator.onLine || this.app.dataset.testConnectionState !== "CONNECTED";
  }
  drawView() {
    if (!this.isLost()) { this.onMap = false; return null; }
    return make("div", {class: this.onMap ? "visit-view on-map" : "visit-view"},
      make("button", {type: "button", "data-key": "view", text: this.onMap ? "List" : "Map",
        onclick: () => { this.onMap = !this.onMap; this.draw(); }}));
  }

  now() {
    const apart = Math.abs(this.ahead) > CLOCK_MS ? this.ahead : 0;
    return Date.now() - apart;
  }
  clock(ms) {
    return new Date(ms).toLocaleTimeString("en-GB",
      {hour: "2-digit", minute: "2-digit", timeZone: this.data.timezone});
  }
  nameOf(id) {
    const item = this.data.items.find((each) => each.id === id);
    return item ? `${item.reference} ${item.title}` : `T-${String(id).padStart(4, "0")}`;
  }
  // Where the team is at a tasking: {arrival, at}, or nothing.
  openVisit(item, state) {
    const draft = state.leaving[item.id];
    if (draft) return {arrival: draft.arrival, at: draft.arrived, draft};
    const own = state.entries.filter((each) => each.kind === "arrived" && each.tasking === item.id
      && !each.refused).pop();
    const gone = new Set(state.entries.filter((each) => each.kind === "left")
      .map((each) => each.arrival));
    if (own) return gone.has(own.key) ? null : {arrival: own.key, at: Date.parse(own.at), own};
    const there = this.answers.has(item.id) ? this.answers.get(item.id) : item.there;
    const left = there && state.entries.some((each) => each.kind === "left"
      && each.tasking === item.id);
    return there && !left ? {arrival: there.visit, at: there.at} : null;
  }

  draw() {
    if (!this.data) return;
    const focus = document.activeElement;
    const key = focus && this.root.contains(focus) ? focus.dataset.key : null;
    const state = this.kept.read();
    if (key && focus.matches("input, textarea")) {  // nothing is taken from under who is typing
      focus.addEventListener("blur", () => setTimeout(() => this.draw()), {once: true});
      const sending = this.root.querySelector(".visit-sending");
      if (!sending.contains(focus)) sending.replaceWith(this.drawSending(state));
      return;
    }
    this.root.querySelector(".visit-phone")?.remove();
    this.root.append(make("div", {class: "visit-phone"},
      this.drawSending(state), this.drawOrder(), this.drawList(state), this.drawView()));
    if (key) this.root.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus(
      {preventScroll: true});
  }
  drawSending(state) {
    const box = make("div", {class: "visit-sending", role: "status"});
    const waiting = state.entries.filter((each) => !each.refused);
    if (this.kept.fault === "signed out") {
      box.append(make("p", {class: "visit-warning"},
        "Your sign-in has ended. What is kept on this phone is sent once you sign in again. ",
        make("a", {href: "/sign-in?next=/visit", text: "Sign in"})));
    } else if (!["", "no connection"].includes(this.kept.fault)) {
      box.append(make("p", {class: "visit-warning", text: this.kept.fault}));
    }
    if (waiting.length) {
      const many = waiting.length === 1 ? "1 entry is" : `${waiting.length} entries are`;
      const why = this.kept.fault === "no connection"
        ? " There is no connection: it is tried again by itself. Keep this page open." : "";
      box.append(make("p", {class: "visit-warning"},
        `${many} kept on this phone, not sent yet.${why} `,
        make("button", {type: "button", "data-key": "send", text: "Send now",
          onclick: () => this.kept.send()})));
    } else if (this.done) box.append(make("p", {class: "visit-done", text: this.done}));
    if (this.kept.memory) {
      box.append(make("p", {class: "visit-warning", text: "This browser stores nothing, so what is "
        + "not sent is lost if you leave this page."}));
    }
    if (Math.abs(this.ahead) > CLOCK_MS) {
      const way = this.ahead > 0 ? "ahead of" : "behind";
      const minutes = Math.round(Math.abs(this.ahead) / 60000).toLocaleString("en-GB");
      box.append(make("p", {class: "visit-note", text: `The clock of this phone is ${minutes} `
        + `minutes ${way} the app's. Times are logged by the app's clock.`}));
    }
    for (const entry of state.entries.filter((each) => each.refused)) {
      box.append(this.drawRefused(entry));
    }
    return box;
  }
  drawRefused(entry) {
    const what = entry.kind === "arrived" ? "arrival" : "departure";
    const at = Date.parse(entry.at);
    const time = make("input", {type: "time", value: this.clock(at), "aria-label": "Time",
      "data-key": `time-${entry.key}`});
    return make("div", {class: "visit-refused", role: "group", "aria-label": "Not logged"},
      make("p", {}, make("strong", {text: `Not logged: ${what}, ${this.nameOf(entry.tasking)}, `
        + `${this.clock(at)}. `}), entry.refused),
      make("p", {}, time,
        make("button", {type: "button", text: "Send again", "data-key": `again-${entry.key}`,
          onclick: () => this.kept.again(entry.key, this.movedTo(at, time.value))}),
        make("button", {type: "button", text: "Discard", "data-key": `drop-${entry.key}`,
          onclick: () => { if (window.confirm(`Discard this ${what}? It is logged nowhere.`)) {
            this.kept.drop(entry.key); } }})));
  }
  // The same day at another time; what would lie ahead is of the day before.
  movedTo(at, time) {
    const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
    if (!/^\\d\\d:\\d\\d/.test(time) || time === this.clock(at)) return null;
    let moved = at + (minutes(time) - minutes(this.clock(at))) * 60000;
    if (moved > this.now() + 120000) moved -= 86400000;
    return new Date(moved).toISOString();
  }

  drawOrder() {
    const known = Boolean(this.position.at);
    const why = {refused: " This phone may not tell its position.",
      unknown: " The position of this phone is not known."}[this.position.fault] || "";
    return make("p", {class: "visit-order"},
      known ? "What is on now is in order of distance from this phone, as the crow flies. "
        : `In order of time.${why} `,
      known ? null : make("button", {type: "button", "data-key": "nearest",
        text: "Nearest first", onclick: () => this.position.ask()}));
  }
  ordered(state) {
    const order = ["there", "now", "later", "over", "another_day"];
    const rows = this.data.items.map((item, place) => {
      const open = this.openVisit(item, state);
      const metres = this.position.at ? metresTo(this.position.at, item.rings) : null;
      return {item, open, metres, place, group: open ? 0 : order.indexOf(
        item.standing === "there" ? "now" : item.standing)};
    });
    const near = (row) => row.group === 1 && row.metres !== null ? row.metres : 0;
    return rows.sort((a, b) => a.group - b.group || near(a) - near(b) || a.place - b.place);
  }
  drawList(state) {
    const list = make("ul", {class: "visit-list"});
    for (const row of this.ordered(state)) list.append(this.drawItem(row, state));
    return list;
  }
  drawItem({item, open, metres}, state) {
    const opened = item.id === this.selected;
    const away = metres === null ? "" : ` · ${distanceLabel(metres)}`;
    const when = open ? `There since ${this.clock(open.at)}` : item.when;
    const head = make("button", {type: "button", class: "visit-head", "data-key": `item-${item.id}`,
      "aria-expanded": String(opened), onclick: () => this.pick(item.id)},
    make("span", {class: "visit-number", "aria-hidden": "true", text: String(item.number)}),
    make("span", {}, make("strong", {text: `${item.reference} ${item.title}`}),
      make("span", {class: "visit-where",
        text: [item.near, item.team].filter(Boolean).join(" · ")}),
      make("span", {class: "visit-when", text: when + away})));
    return make("li", {class: opened ? "opened" : ""}, head,
      opened ? this.drawSteps(item, open, state) : null);
  }
  pick(id) {
    this.selected = this.selected === id ? 0 : id;
    this.draw();
    if (this.selected) this.say.state("tasking", id);
  }

  drawSteps(item, open, state) {
    const box = make("div", {class: "visit-steps"});
    if (!open) {
      if (item.look) box.append(make("p", {text: item.look}));
      box.append(this.button("We have arrived", `arrive-${item.id}`, () => {
        this.done = "";
        this.kept.add({kind: "arrived", at: this.stamp(), tasking: item.id, team: item.team});
      }));
      return box;
    }
    const unsent = state.entries.some((each) => each.key === open.arrival);
    box.append(make("p", {text: `${item.team} arrived at ${this.clock(open.at)}.`
      + (unsent ? " Kept on this phone, not sent yet." : "")}));
    if (open.draft) box.append(this.drawFinds(item, open));
    else {
      box.append(this.button("We are leaving", `leave-${item.id}`, () => {
        this.kept.change((kept) => {
          kept.leaving[item.id] = {arrival: open.arrival, arrived: open.at, at: this.stamp(),
            finds: {}, note: ""};
        });
        this.draw();
      }));
    }
    return box;
  }
  stamp() { return new Date(this.now()).toISOString(); }
  button(label, key, onclick) {
    return make("button",
      {type: "button", class: "visit-tap", "data-key": key, text: label, onclick});
  }
  edit(id, change) {
    this.kept.change((kept) => { if (kept.leaving[id]) change(kept.leaving[id]); });
  }
  drawFinds(item, {draft, at}) {
    const until = this.clock(Date.parse(draft.at));
    const form = make("div", {class: "visit-finds"}, make("p", {text: `${this.clock(at)} to `
      + `${until}, not saved yet. What did you find? Leave 0 if nothing.`}));
    for (const [name, label] of this.data.finds) {
      const count = make("input", {type: "number", min: 0, max: 999, inputmode: "numeric",
        "aria-label": label, value: draft.finds[name] || 0, "data-key": `${name}-${item.id}`});
      const set = (value) => {
        const whole = Math.max(0, Math.min(999, Math.round(Number(value) || 0)));
        this.edit(item.id, (kept) => { kept.finds[name] = whole; });
        count.value = whole;
      };
      count.addEventListener("change", () => set(count.value));
      form.append(make("div", {class: "visit-count"}, make("span", {text: label}),
        make("button", {type: "button", "aria-label": `${label}: one fewer`, text: "−",
          onclick: () => set(Number(count.value) - 1)}), count,
        make("button", {type: "button", "aria-label": `${label}: one more`, text: "+",
          onclick: () => set(Number(count.value) + 1)})));
    }
    const note = make("textarea", {rows: 3, maxlength: 4000, "data-key": `note-${item.id}`,
      "aria-label": "Note; no names of people", placeholder: "Note; no names of people"});
    note.value = draft.note;
    note.addEventListener("input",
      () => this.edit(item.id, (kept) => { kept.note = note.value; }));
    form.append(note, this.button("Save the visit", `save-${item.id}`, () => this.save(item.id)),
      make("button", {type: "button", text: "Still there: go back", "data-key": `back-${item.id}`,
        onclick: () => {
          this.kept.change((kept) => { delete kept.leaving[item.id]; });
          this.draw();
        }}));
    return form;
  }
  save(id) {
    const draft = this.kept.read().leaving[id];
    if (!draft) return;
    this.done = "";
    this.kept.add({kind: "left", at: draft.at, tasking: id, arrival: draft.arrival,
      finds: draft.finds, note: draft.note}, (kept) => { delete kept.leaving[id]; });
  }
}

export default function ({data, parentElement, setStateValue, setTriggerValue}) {
  const phone = parentElement.visitPhone ??= new Phone(parentElement);
  phone.update(data, {state: setStateValue, trigger: setTriggerValue});
  return () => { phone.stop(); delete parentElement.visitPhone; };
}
"""

PHONE_SCRIPT: Final = KEPT_SCRIPT + NEAREST_SCRIPT + _PHONE
