"""How a map's search finds places in the browser, from what was typed.

Names are compared word by word, in any order, without case, accents and apostrophes; *Street*, *St*
and *Saint* are one word, and so on. A word that is being typed finds what begins with it. A slip of
the finger (one letter in a word of four to seven, two in a longer one: left out, put in, another,
or two that changed places, after Damerau, "A technique for computer detection and correction of
spelling errors", CACM 7(3), 1964) still finds a word, below what was spelt so. Each different word
of a borough is looked at once for each word typed, so that 50,000 streets take milliseconds.
"""

from __future__ import annotations

from typing import Final

MATCH_SCRIPT: Final = r"""
  const SHORT_WORDS = {street: "st", saint: "st", road: "rd", avenue: "ave", av: "ave", lane: "ln",
    close: "cl", drive: "dr", gardens: "gdns", gdn: "gdns", square: "sq", terrace: "terr",
    ter: "terr", crescent: "cres", place: "pl", court: "ct", grove: "gr", passage: "pass",
    buildings: "bldgs", bldg: "bldgs", mount: "mt", park: "pk", estate: "est", house: "hse",
    market: "mkt", bridge: "br", north: "n", south: "s", east: "e", west: "w"};
  const LONG_WORDS = Object.keys(SHORT_WORDS);
  const PLAIN_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
    "ß": "ss", "ı": "i"};
  const unaccented = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "")
    .replace(/[łøđðþæœßı]/g, (letter) => PLAIN_LETTERS[letter]);
  const folded = (text) => {
    const lower = text.toLowerCase(), foreign = /[^\x20-\x7e]/.test(lower);
    const bare = (foreign ? unaccented(lower) : lower).replace(/['’‘ʼ`.]/g, "")
      .replace(/&/g, " and ");
    return bare.replace(foreign ? /[^\p{L}\p{N}]+/gu : /[^a-z0-9]+/g, " ").trim();
  };
  const shortWord = (word) => Object.hasOwn(SHORT_WORDS, word) ? SHORT_WORDS[word] : word;
  const wordsOf = (text) => (text ? text.split(" ") : []).map(shortWord);

  // Slips between a word and what was typed: of the whole word, and of the beginning of it.
  const slips = (typed, word, most) => {
    const n = typed.length, m = Math.min(word.length, n + most);
    let before = null, last = Array.from({length: m + 1}, (_, j) => j);
    for (let i = 1; i <= n; i++) {
      const row = [i];
      let least = i;
      for (let j = 1; j <= m; j++) {
        let cost = Math.min(last[j] + 1, row[j - 1] + 1,
          last[j - 1] + (typed[i - 1] === word[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && typed[i - 1] === word[j - 2] && typed[i - 2] === word[j - 1]) {
          cost = Math.min(cost, before[j - 2] + 1);
        }
        row.push(cost);
        if (cost < least) least = cost;
      }
      if (least > most) return [Infinity, Infinity];
      before = last;
      last = row;
    }
    return [word.length > m ? Infinity : last[m], Math.min(...last)];
  };
  const lettersOf = (word) => {  // which there are, a bit each; other scripts share the last
    let held = 0;
    for (let at = 0; at < word.length; at++) {
      const letter = word.charCodeAt(at) - 97;
      held |= 1 << (letter >= 0 && letter < 26 ? letter : 26);
    }
    return held;
  };
  const lacks = (typed, word) => {  // how many letters of one are not in the other
    let rest = typed & ~word, count = 0;
    for (; rest; rest &= rest - 1) count += 1;
    return count;
  };
  const slipsAllowed = (word) => /\d/.test(word) || word.length < 4 ? 0 : word.length < 8 ? 1 : 2;

  const indexOf = (rows) => {
    const numbers = new Map(), words = [];
    const number = (word) => {
      if (!numbers.has(word)) {
        numbers.set(word, words.length);
        words.push(word);
      }
      return numbers.get(word);
    };
    const names = rows.map((row) => {
      const text = folded(row.name);
      const own = wordsOf(text).map(number);
      return {own, other: wordsOf(folded(row.kind + " " + (row.detail || ""))).map(number),
        joined: text.replace(/ /g, "")};
    });
    return {rows, words, letters: words.map(lettersOf), names};
  };

  const wordCosts = ({words, letters}, typed, slipping) => {  // of taking each word for it
    const mine = lettersOf(typed), short = shortWord(typed);
    const most = slipping ? slipsAllowed(typed) : 0;
    const meant = new Map([[short, 0]]);
    if (typed.length > 2) for (const long of LONG_WORDS) {
      if (long.startsWith(typed)) meant.set(SHORT_WORDS[long], 0.1);
      else if (most && slips(typed, long, 1)[0] <= 1) meant.set(SHORT_WORDS[long], 1.2);
    }
    return words.map((word, at) => {
      if (word === short) return 0;
      const begun = word.startsWith(typed) ? 0.3 : Infinity;
      const same = Math.min(begun, meant.has(word) ? meant.get(word) : Infinity);
      if (same < Infinity || !most || lacks(mine, letters[at]) > most) return same;
      const [whole, beginning] = slips(typed, word, most);
      return Math.min(whole <= most ? 1 + 0.5 * whole : Infinity,
        beginning <= most && typed.length > 4 ? 1.6 + 0.5 * beginning : Infinity);
    });
  };

  const matches = (index, text, slipping) => {
    const whole = folded(text), typed = whole.split(" ").filter(Boolean), found = [];
    if (!typed.length) return found;
    const costs = typed.map((word) => wordCosts(index, word, slipping));
    const joined = whole.replace(/ /g, "");
    const least = (cost, held) => {
      let best = Infinity;
      for (const word of held) if (cost[word] < best) best = cost[word];
      return best;
    };
    index.names.forEach((name, at) => {
      let total = 0, own = 0;
      for (const cost of costs) {
        const mine = least(cost, name.own);
        if (mine < Infinity) own += 1;
        total += Math.min(mine, least(cost, name.other) + 0.8);
      }
      if (joined.length > 3 && name.joined.startsWith(joined)) {
        total = Math.min(total, 0.5);
        own = own || 1;
      }
      if (total === Infinity) return;
      if (name.own.length && costs[0][name.own[0]] > 2) total += 0.2;
      const left = own ? 0.06 * Math.max(0, name.own.length - own) : 0.6;
      found.push({row: index.rows[at], cost: total + left});
    });
    return found;
  };

  const far = (each, near) => each.far ?? (each.far = near(each.row));
  const byRank = (near) => (one, other) => one.cost - other.cost || one.row.order - other.row.order
    || (near ? far(one, near) - far(other, near) : 0)
    || (one.row.name < other.row.name ? -1 : one.row.name > other.row.name ? 1 : 0);
  const best = (found, most, near) => found.sort(byRank(near)).slice(0, most);
  const search = (indexes, text, {most, near}) => {
    const all = (slipping) => best(
      indexes.flatMap((index) => matches(index, text, slipping)), most, near);
    const exact = all(false);
    if (exact.length >= most) return exact;
    const rows = new Set(exact.map((each) => each.row));
    return exact.concat(all(true).filter((each) => !rows.has(each.row))).slice(0, most);
  };

  // Postcodes: by their first half (a district), the digit after it (a sector), or in full.
  const postcodeText = (text) => text.toUpperCase().replace(/[^A-Z0-9]/g, "");
  const looksLikePostcode = (code) => /^[A-Z]{1,2}[0-9IO][0-9A-Z]{0,5}$/.test(code);
  const digits = (half) => half.replace(/^[IO]/, (letter) => letter === "O" ? "0" : "1");
  const postcodes = (districts, text, most) => {  // districts: name -> {halves, at: [[lat, lng]]}
    const code = postcodeText(text), found = [];
    if (!looksLikePostcode(code)) return found;
    const boxed = (name, kind, points) => found.push({name, kind, detail: points.length === 1
      ? "1 postcode" : points.length.toLocaleString("en-GB") + " postcodes", points});
    for (const [name, {halves, at}] of districts) {
      if (name === code || (code.length > 1 && name.startsWith(code))) {
        boxed(name, "postcode district", at);
        continue;
      }
      const rest = code.startsWith(name) ? digits(code.slice(name.length)) : "";
      if (!/^[0-9][A-Z]{0,2}$/.test(rest)) continue;
      const mine = at.map((_, number) => number).filter(
        (number) => halves.startsWith(rest, 3 * number));
      if (!mine.length) continue;
      if (rest.length === 1) boxed(name + " " + rest, "postcode sector",
        mine.map((number) => at[number]));
      else for (const number of mine) found.push({kind: "postcode", detail: "",
        points: [at[number]], name: name + " " + halves.slice(3 * number, 3 * number + 3)});
    }
    return found.sort((one, other) => (other.name === code) - (one.name === code)
      || one.name.length - other.name.length || (one.name < other.name ? -1 : 1)).slice(0, most);
  };
"""
