"""How the list of *Visit* looks: large enough for a thumb, in the theme's colours."""

from __future__ import annotations

from typing import Final

PHONE_STYLE: Final = """
.visit-phone { --line: light-dark(#7d8996, #6b7885); --ground: light-dark(#f3f5f7, #1c252e);
  --accent: light-dark(#1d5b79, #5aa9cf); --on-accent: light-dark(#fff, #0b141c);
  font: inherit; color: light-dark(#0b141c, #eef2f5); line-height: 1.4; }
.visit-phone p { margin: 0 0 .4rem; font-size: .92rem; }
.visit-phone button { font: inherit; color: inherit; background: transparent; cursor: pointer;
  border: 1px solid var(--line); border-radius: .5rem; min-height: 2.75rem; padding: .3rem .9rem; }
.visit-phone :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.visit-phone .visit-order { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .6rem; }
.visit-phone :is(.visit-warning, .visit-refused) { border-left: .35rem solid
  light-dark(#b34700, #ffb37a); padding: .3rem .7rem; background: var(--ground); }
.visit-phone .visit-done { border-left: .35rem solid light-dark(#1e6b3a, #7fd69c);
  padding: .3rem .7rem; background: var(--ground); }
.visit-phone .visit-refused { margin-bottom: .4rem; }
.visit-phone .visit-refused p { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; }
.visit-phone .visit-list { list-style: none; margin: 0; padding: 0; display: grid; gap: .4rem; }
.visit-phone li { margin: 0; border: 1px solid var(--line); border-radius: .5rem; }
.visit-phone li.opened { border: 2px solid var(--accent); }
.visit-phone .visit-head { display: flex; gap: .6rem; width: 100%; text-align: left; border: 0;
  padding: .5rem .6rem; align-items: flex-start; }
.visit-phone .visit-head > span:last-child { display: grid; min-width: 0; }
.visit-phone :is(.visit-where, .visit-when) { font-size: .85rem; }
.visit-phone .visit-when { font-weight: 600; }
.visit-phone .visit-number { flex: none; min-width: 1.7rem; height: 1.7rem; line-height: 1.7rem;
  text-align: center; border-radius: 1rem; font-weight: 700; font-size: .85rem;
  color: light-dark(#fff, #0b141c); background: var(--accent); }
.visit-phone .visit-steps { padding: 0 .6rem .6rem; }
.visit-phone .visit-tap { width: 100%; min-height: 4.5rem; margin: .2rem 0; font-size: 1.25rem;
  font-weight: 700; color: var(--on-accent); background: var(--accent); border: 0; }
.visit-phone .visit-finds > button:last-child { width: 100%; }
.visit-phone .visit-count { display: grid; align-items: center; gap: .3rem; margin-bottom: .3rem;
  grid-template-columns: minmax(0, 1fr) 3.2rem 3.6rem 3.2rem; font-size: .92rem; }
.visit-phone .visit-count button { font-size: 1.2rem; padding: 0; min-height: 3rem; }
.visit-phone :is(input, textarea) { font: inherit; color: inherit; box-sizing: border-box;
  background: var(--ground); border: 1px solid var(--line); border-radius: .4rem;
  min-height: 2.75rem; }
.visit-phone .visit-count input { width: 100%; text-align: center; font-size: 1.1rem;
  min-height: 3rem; appearance: textfield; }
.visit-phone .visit-count input::-webkit-inner-spin-button { display: none; }
.visit-phone .visit-view { display: none; }
@media (max-width: 640px) {
  .visit-phone .visit-view { display: block; position: fixed; bottom: .8rem; left: 0; right: 0;
    text-align: center; z-index: 999993; pointer-events: none; }
  .visit-phone .visit-view button { pointer-events: auto; padding: .3rem 1.6rem;
    background: light-dark(#fff, #12181f); box-shadow: 0 1px 6px rgb(0 0 0 / 35%); }
  body:has(.visit-view) .st-key-phone_view { display: none !important; }
  body:has(.visit-view.on-map) .st-key-map_first > :has(> .st-key-map_side) { inset: 0;
    z-index: 999991; visibility: visible; } }
.visit-phone textarea { width: 100%; padding: .4rem .6rem; }
"""
