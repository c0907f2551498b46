"""Names on the ground in the browser: along streets, next to stations, inside parks and water.

A name runs along its street where the street is long and straight enough for it; the last word is
shortened where that makes it fit, and a note in brackets that several names bear is left out (the
credits say it once). Which streets are named follows from class and zoom, the longest
first, and no name lies over another, over a rank or over a ward's name. Names are drawn as letters
on a canvas, so they never become HTML.
"""

from __future__ import annotations

from typing import Final

NAMES_SCRIPT: Final = """
  const NAMED_FROM = {motorway: 13, main: 13, secondary: 14, local: 15, path: 16.5};
  const SIZES = {motorway: 12, main: 12, secondary: 11.5, local: 11, path: 10.5};
  const SHORT = {Street: "St", Road: "Rd", Avenue: "Ave", Lane: "Ln", Close: "Cl", Drive: "Dr",
    Gardens: "Gdns", Square: "Sq", Terrace: "Terr", Crescent: "Cres", Place: "Pl", Court: "Ct",
    Grove: "Gr", Passage: "Pass", Buildings: "Bldgs"};
  const shortened = (text) => text.replace(/ (\\w+)$/, (all, last) =>
    Object.hasOwn(SHORT, last) ? " " + SHORT[last] : all);
  const bare = (text) => told.notes.reduce((name, note) => name.replaceAll(note, ""), text);
  const CELL = 48;
  const room = () => {  // which boxes are taken, by cells of the canvas
    const cells = new Map();
    const over = (box, act) => {
      for (let i = Math.floor(box[0] / CELL); i <= Math.floor(box[2] / CELL); i++)
        for (let j = Math.floor(box[1] / CELL); j <= Math.floor(box[3] / CELL); j++)
          if (act(i + ":" + j)) return true;
      return false;
    };
    return {
      free: (boxes) => !boxes.some((a) => over(a, (cell) => (cells.get(cell) || []).some(
        (b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]))),
      take: (boxes) => boxes.forEach((box) => over(box, (cell) => {
        if (!cells.has(cell)) cells.set(cell, []);
        cells.get(cell).push(box);
      }))
    };
  };
  const widths = new Map();
  const advances = (ctx, text) => {  // where each letter begins, and where the last ends
    const key = ctx.font + text;
    if (!widths.has(key)) {
      const letters = [...text];
      widths.set(key, [0, ...letters.map(
        (_, at) => ctx.measureText(letters.slice(0, at + 1).join("")).width)]);
    }
    return widths.get(key);
  };
  const pointAt = (feature, distance) => {  // in world pixels, and the angle there
    const p = feature.points;
    if (!feature.along) {
      feature.along = new Float64Array(p.length / 2);
      for (let at = 2; at < p.length; at += 2) feature.along[at / 2] = feature.along[at / 2 - 1]
        + Math.hypot(p[at] - p[at - 2], p[at + 1] - p[at - 1]);
    }
    let low = 0, high = feature.along.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (feature.along[middle] <= distance) low = middle; else high = middle;
    }
    const dx = p[2 * high] - p[2 * low], dy = p[2 * high + 1] - p[2 * low + 1];
    const share = (distance - feature.along[low]) / (feature.along[high] - feature.along[low] || 1);
    return {x: p[2 * low] + share * dx, y: p[2 * low + 1] + share * dy, turn: Math.atan2(dy, dx)};
  };
  const between = (one, other) => Math.atan2(Math.sin(one - other), Math.cos(one - other));
  const lettersAlong = (feature, view, starts, from) => {  // null where the street bends too much
    const wide = starts[starts.length - 1], first = pointAt(feature, from / view.k);
    const last = pointAt(feature, (from + wide) / view.k);
    if (Math.hypot(last.x - first.x, last.y - first.y) * view.k < 0.88 * wide) return null;
    const back = last.x < first.x, letters = [];
    for (let at = 0; at + 1 < starts.length; at++) {
      const middle = (starts[at] + starts[at + 1]) / 2;
      const point = pointAt(feature, (back ? from + wide - middle : from + middle) / view.k);
      const turn = back ? point.turn + Math.PI : point.turn;
      if (at && Math.abs(between(turn, letters[at - 1].turn)) > 0.6) return null;
      letters.push({x: point.x * view.k - view.x, y: point.y * view.k - view.y, turn});
    }
    const mean = Math.atan2(back ? first.y - last.y : last.y - first.y,
      Math.abs(last.x - first.x));
    const level = letters.every((each) => Math.abs(between(each.turn, mean)) < 0.06);
    return {letters, level, turn: mean};
  };
  const write = (ctx, text, x, y, turn) => {
    ctx.save();
    ctx.translate(x, y);
    ctx.rotate(turn);
    ctx.strokeText(text, 0, 0);
    ctx.fillText(text, 0, 0);
    ctx.restore();
  };
  const inside = (view, boxes) => boxes.every((box) => box[0] > 2 && box[1] > 2
    && box[2] < view.width - 2 && box[3] < view.height - 2);
  const nameStreet = (ctx, view, feature, size, taken, placed) => {
    const whole = feature.length * view.k;
    let text = bare(feature.text), starts = advances(ctx, text);
    if (starts[starts.length - 1] > whole) {
      text = shortened(text);
      starts = advances(ctx, text);
    }
    const wide = starts[starts.length - 1];
    if (!text || wide > whole) return;
    const repeats = Math.max(1, Math.floor(whole / 520)), spare = whole / repeats - wide;
    for (let turn = 0; turn < repeats; turn++) for (const shift of [0, -0.3, 0.3, -0.5, 0.5]) {
      const from = (turn + 0.5) * whole / repeats - wide / 2 + shift * spare;
      const run = lettersAlong(feature, view, starts, from);
      if (!run) continue;
      const half = size * 0.62, near = placed.get(text) || [], middle = run.letters[
        run.letters.length >> 1];
      if (near.some((at) => Math.hypot(at.x - middle.x, at.y - middle.y) < 320)) break;
      const boxes = run.letters.map((l) => [l.x - half, l.y - half, l.x + half, l.y + half]);
      if (!inside(view, boxes) || !taken.free(boxes)) continue;
      taken.take(boxes);
      placed.set(text, [...near, middle]);
      if (run.level) {
        const [a, b] = [run.letters[0], run.letters[run.letters.length - 1]];
        write(ctx, text, (a.x + b.x) / 2, (a.y + b.y) / 2, run.turn);
      } else [...text].forEach((letter, at) => write(ctx, letter, run.letters[at].x,
        run.letters[at].y, run.letters[at].turn));
      break;
    }
  };
  const ink = (ctx, font, colour, halo) => {
    ctx.font = font + " system-ui, sans-serif";
    ctx.fillStyle = colour;
    ctx.strokeStyle = look.halo;
    ctx.lineWidth = halo;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
  };
  const drawStations = (ctx, view, taken) => {
    if (view.zoom < 12) return;
    const wide = view.zoom < 14 ? 3 : 4.5, seen = parts.station.filter(view.sees);
    const dots = seen.map((each) => [each, each.w * view.k - view.x, each.n * view.k - view.y]);
    for (const [, x, y] of dots) {
      ctx.beginPath();
      ctx.arc(x, y, wide, 0, 2 * Math.PI);
      ctx.fillStyle = look.halo;
      ctx.strokeStyle = look.station;
      ctx.lineWidth = wide / 2;
      ctx.fill();
      ctx.stroke();
    }
    if (!shows("names") || view.zoom < 13) return;
    taken.take(dots.map(([, x, y]) => [x - wide, y - wide, x + wide, y + wide]));
    ink(ctx, "600 11px", look.station, 3);
    for (const [each, x, y] of dots) {
      const w = ctx.measureText(each.text).width, off = wide + 3;
      for (const [at, up] of [[x + off + w / 2, y], [x - off - w / 2, y], [x, y + off + 7],
        [x, y - off - 7]]) {
        const boxes = [[at - w / 2 - 2, up - 7, at + w / 2 + 2, up + 7]];
        if (!each.text || !inside(view, boxes) || !taken.free(boxes)) continue;
        taken.take(boxes);
        write(ctx, each.text, at, up, 0);
        break;
      }
    }
  };
  const nameAreas = (ctx, view, features, colour, taken) => {
    ink(ctx, "italic 11px", colour, 3);
    for (const each of features) {
      if (!each.middle || !view.sees(each)) continue;
      const w = ctx.measureText(each.text).width;
      if ((each.e - each.w) * view.k < 0.9 * w || (each.s - each.n) * view.k < 16) continue;
      const [x, y] = each.middle, at = x * view.k - view.x, up = y * view.k - view.y;
      const boxes = [[at - w / 2, up - 8, at + w / 2, up + 8]];
      if (!inside(view, boxes) || !taken.free(boxes)) continue;
      taken.take(boxes);
      write(ctx, each.text, at, up, 0);
    }
  };
  const faint = document.createElement("canvas");
  const drawAgain = (ctx, view) => {  // streets through the density; where none lies, no change
    faint.width = ctx.canvas.width;
    faint.height = ctx.canvas.height;
    const again = faint.getContext("2d");
    again.lineJoin = "round";
    again.setTransform(ctx.getTransform());
    drawStreets(again, view);
    ctx.globalAlpha = 0.45;
    ctx.drawImage(faint, 0, 0, view.width, view.height);
    ctx.globalAlpha = 1;
  };
  const drawNames = (ctx, view) => {
    if (shows("streets") && document.querySelector(".leaflet-density-pane img")) {
      drawAgain(ctx, view);
    }
    const taken = room(), box = map.getContainer().getBoundingClientRect();
    const shift = map.containerPointToLayerPoint([0, 0]).subtract(view.corner);
    const others = document.querySelectorAll(
      ".hotspot-rank, .map-name span, .ward-block-number, .area-label");
    taken.take([...others].filter((each) => each.style.visibility !== "hidden").map((each) => {
      const r = each.getBoundingClientRect(), x = shift.x - box.left, y = shift.y - box.top;
      return [r.left + x - 3, r.top + y - 2, r.right + x + 3, r.bottom + y + 2];
    }).filter((each) => each[2] - each[0] > 6));
    if (shows("rail")) drawStations(ctx, view, taken);
    if (!shows("names")) return;
    if (shows("streets")) for (const name of [...CLASSES].reverse()) {
      if (view.zoom < NAMED_FROM[name]) continue;
      const placed = new Map();
      ink(ctx, (name === "local" || name === "path" ? "" : "500 ") + SIZES[name] + "px",
        look.street, 3);
      for (const each of parts.street[name] || []) {
        if (each.text && view.sees(each)) {
          nameStreet(ctx, view, each, SIZES[name], taken, placed);
        }
      }
    }
    if (shows("areas") && view.zoom >= 13) {
      nameAreas(ctx, view, parts.water, look.waterName, taken);
      nameAreas(ctx, view, parts.park, look.parkName, taken);
    }
  };
"""
