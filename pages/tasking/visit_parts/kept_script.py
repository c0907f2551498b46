"""What runs in the browser to keep visits until the server has them; without any text from data.

Each tap becomes an entry with a random key. It is in the browser's own storage before it is sent,
and leaves it when the server has answered for it; an answer that got lost is asked for again under
the same key. All that is stored is of one person, whose mark it bears: for another it is removed
unread. A cookie says that something is stored, so that the server can warn at the sign-out and
have the browser empty its storage.
"""

from __future__ import annotations

from typing import Final

KEPT_SCRIPT: Final = """
const STORED = "hotspots-visits", COOKIE = "hotspots_visits";
const LONGEST_WAIT = 60000;

class Kept {
  constructor(person, tell) {
    this.person = person;
    this.tell = tell;  // called when something changed: with an answer, or without
    this.fault = "";
    this.wait = 4000;
    this.memory = null;
    const before = this.stored();
    if (before && before.person !== person) this.empty();
    this.wake = () => { if (!document.hidden) this.send(); };
    window.addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }
  stop() {
    clearTimeout(this.later);
    window.removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
  }

  stored() {
    try { return JSON.parse(localStorage.getItem(STORED)); } catch { return null; }
  }
  read() {
    const none = {person: this.person, team: "", entries: [], leaving: {}};
    if (this.memory) return JSON.parse(this.memory);
    const state = this.stored();
    return state && state.person === this.person ? {...none, ...state} : none;
  }
  write(state) {
    const text = JSON.stringify(state);
    try {
      localStorage.setItem(STORED, text);
      this.memory = null;
    } catch { this.memory = text; }  // a browser that may store nothing: the page alone has it
    const unsent = state.entries.length || Object.keys(state.leaving).length ? "unsent" : "sent";
    document.cookie = `${COOKIE}=${this.person}.${unsent}; path=/; samesite=strict; max-age=604800`
      + (location.protocol === "https:" ? "; secure" : "");
  }
  change(edit) {
    const state = this.read(), stored = this.stored();
    if (stored && stored.person !== this.person) {  // by another tab, since this one was drawn
      this.fault = "Somebody else has signed in on this phone. Nothing was logged. "
        + "Open Visit again.";
      return;
    }
    edit(state);
    this.write(state);
  }
  empty() {
    this.memory = null;
    try { localStorage.removeItem(STORED); } catch { /* then there is none */ }
    document.cookie = `${COOKIE}=; path=/; samesite=strict; max-age=0`;
  }

  add(entry, edit) {
    const key = crypto.randomUUID ? crypto.randomUUID() : randomKey();
    this.change((state) => {
      if (edit) edit(state);
      state.entries.push({key, person: this.person, ...entry});
    });
    this.send();
  }
  drop(key) {  // an arrival goes with what was logged of its departure
    this.change((state) => {
      state.entries = state.entries.filter((each) => each.key !== key && each.arrival !== key);
      for (const [of, draft] of Object.entries(state.leaving)) {
        if (draft.arrival === key) delete state.leaving[of];
      }
    });
    this.tell();
  }
  again(key, at) {
    this.change((state) => {
      const entry = state.entries.find((each) => each.key === key);
      if (entry) { entry.at = at || entry.at; delete entry.refused; }
    });
    this.send();
  }

  async send() {
    if (this.sending) return;
    clearTimeout(this.later);
    this.sending = true;
    const settled = new Set();
    try {
      for (;;) {
        const entries = this.read().entries;
        const own = new Set(entries.map((each) => each.key));
        const next = entries.find((each) => !each.refused && !settled.has(each.key)
          && !own.has(each.arrival));
        if (!next) break;
        settled.add(next.key);
        this.tell();
        if (!await this.sendOne(next)) break;
      }
    } finally {
      this.sending = false;
      this.tell();
    }
  }
  async sendOne(entry) {
    let response, answer = null;
    try {
      const {refused, ...body} = entry;
      response = await fetch("/visit-entries", {
        method: "POST", credentials: "same-origin", cache: "no-store",
        headers: {"content-type": "application/json"}, body: JSON.stringify(body),
        signal: AbortSignal.timeout(30000)
      });
      if (response.status === 401) { this.fault = "signed out"; return false; }
      answer = await response.json();
    } catch {  // nothing came back, or not an answer of ours: whether it was kept is not known
      return this.tryLater();
    }
    if (response.status === 409) {  // of another person
      this.change((state) => {
        state.entries = state.entries.filter((each) => each.person === this.person
          && each.key !== entry.key);
      });
      this.fault = answer.refused;
    } else if (response.ok && answer.visit) {
      this.change((state) => {
        state.entries = state.entries.filter((each) => each.key !== entry.key);
      });
      this.fault = "";
      this.wait = 4000;
      this.tell(answer, entry);
    } else if (response.status === 422 || response.status === 413) {
      this.change((state) => {
        const own = state.entries.find((each) => each.key === entry.key);
        if (own) own.refused = answer.refused;
      });
      this.fault = "";
    } else return this.tryLater();
    return true;
  }
  tryLater() {
    this.fault = "no connection";
    this.later = setTimeout(() => this.send(), this.wait);
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
    return false;
  }
}

function randomKey() {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((each) => each.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), "4" + hex.slice(13, 16), "8" + hex.slice(17, 20),
    hex.slice(20)].join("-");
}
"""
