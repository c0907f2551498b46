"""The looks that the theme's own settings cannot give: the bar, the chips, map first, print."""

from __future__ import annotations

import streamlit as st


def style() -> None:
    """Set them for the page that is drawn."""
    st.html(_STYLE)


_STYLE = """<style>
.stMainBlockContainer { padding: 3.4rem 1.2rem 2rem; }
.stMainBlockContainer > .stVerticalBlock { gap: .6rem; }
@media (max-width: 640px) { .stMainBlockContainer { padding: 3.4rem .8rem 4.5rem; } }
[data-testid="stHeader"] { height: 3rem; min-height: 3rem; }
/* What the keyboard reaches is never under the bar at the top (WCAG 2.2, 2.4.11). */
[data-testid="stMain"] { scroll-padding-top: 3.5rem; }
/* A wide window has its menu in the bar, a phone in the drawer, which lists the pages itself. */
[data-testid="stSidebarNav"] { display: none; }
@media (min-width: 768px) { [data-testid="stSidebar"], [data-testid="stExpandSidebarButton"] {
  display: none; } }
/* Nobody tabs into a menu that is folded away. */
[data-testid="stSidebar"][aria-expanded="false"] [data-testid="stSidebarContent"] {
  visibility: hidden; }
.stMainBlockContainer h1 { padding: 0 .3rem 0 0; font-size: 1.5rem; }
/* The chips, and the sections of a page, are one row that is pushed along on a phone. */
:is(.st-key-head, .st-key-sections) { row-gap: .3rem; column-gap: .4rem; }
:is(.st-key-head, .st-key-sections) button { min-height: 2rem; padding: .1rem .6rem; }
:is(.st-key-head, .st-key-sections) button p, .st-key-sections p { font-size: .85rem; }
@media (max-width: 640px) {
  :is(.st-key-head, .st-key-sections):has(button) { flex-wrap: nowrap; overflow: auto hidden; }
  :is(.st-key-head, .st-key-sections):has(button) > * { flex: none; }
  .st-key-sections [role="radiogroup"] { flex-wrap: nowrap; } }
.signed-in { position: fixed; top: .75rem; right: 4rem; z-index: 999991; margin: 0;
  font-size: .85rem; }
@media (max-width: 900px) { .signed-in span { display: none; } }
.sign-out { padding: .2rem .5rem; border: 1px solid; border-radius: .5rem; color: inherit;
  text-decoration: none; }
/* Streamlit writes a chosen segment in the accent's colour, too faint on its own tint when dark. */
.stApp button[data-selected="true"]:not([data-disabled]) { color: light-dark(#0b141c, #eef2f5);
  box-shadow: inset 0 -3px 0 light-dark(#1d5b79, #5aa9cf); }
/* Under the mouse it does so by a rule that is stronger. */
.stApp .st-key-sections button[data-selected="true"] {
  color: light-dark(#0b141c, #eef2f5) !important; }
.st-key-answer p { font-size: 1.02rem; }
@media (max-width: 640px) { .st-key-answer p { font-size: .95rem; line-height: 1.45; } }
/* Map first: both sides fill the window below the answer. `--above` is what stands above them. */
.st-key-map_first { --above: 9.9rem; --tall: clamp(24rem, calc(100dvh - var(--above)), 64rem);
  flex-wrap: nowrap; align-items: stretch; height: var(--tall); }
.stMainBlockContainer:has(.simulated) .st-key-map_first { --above: 12.2rem; }
.stMainBlockContainer:has(.st-key-first_day) .st-key-map_first { --above: 12.2rem; }
.stMainBlockContainer:has(.simulated):has(.st-key-first_day) .st-key-map_first { --above: 14.5rem; }
/* A row of sections stands above them too; what the map loses in height it gets in width. */
.stMainBlockContainer:has(.st-key-sections) .st-key-map_first { --above: 12.5rem; --wide: 76%; }
.stMainBlockContainer:has(.simulated):has(.st-key-sections) .st-key-map_first {
  --above: 14.8rem; }
.st-key-map_first > :has(> :is(.st-key-map_side, .st-key-list_side)) { min-width: 0;
  height: var(--tall); }
.st-key-map_first > :has(> .st-key-map_side) { flex: 1 1 var(--wide, 70%); }
.st-key-map_first > :has(> .st-key-list_side) { flex: 1 1 calc(100% - var(--wide, 70%)); }
.st-key-map_side { position: relative; height: 100%; gap: 0; }
.st-key-map_side > :first-child { height: 100%; overflow: hidden; }
.st-key-map_side iframe { height: var(--tall) !important; display: block; }
.st-key-map_side :is(.map-legend, .area-legend) { position: absolute; bottom: 2.6rem;
  left: .4rem; z-index: 1; max-width: calc(100% - .8rem);
  padding: .2rem .5rem; border-radius: .3rem; pointer-events: none;
  background: light-dark(#fff, #12181f); opacity: .93; }
.st-key-list_side { height: 100%; gap: .35rem; }
.st-key-list_side > :has(> .st-key-list):has(.st-key-choice_list) { min-height: 6rem; }
.st-key-list:has(> * > .st-key-choice_list) { overflow: hidden auto; padding: .2rem .3rem;
  border: 1px solid light-dark(#7d8996, #6b7885); border-radius: .5rem; }
.st-key-choice_list [role="radiogroup"] { gap: .45rem; }
.st-key-choice_list [role="radiogroup"] label:has(:checked) p { font-weight: 600; }
.st-key-choice_list p { font-size: .88rem; line-height: 1.3; }
.st-key-plan_choices { flex-wrap: nowrap; }
.st-key-plan_choices > * { min-width: 0; flex: 1 1 50%; }
:is(.st-key-visit_list, .st-key-side_form) { overflow-y: auto; padding: 3px; }
@media (min-width: 641px) {
  .st-key-list_side > :has(> :is(.st-key-visit_list, .st-key-side_form)) { min-height: 0; } }
/* A form next to a map has half of a column's usual width: what is short stands in pairs. */
.st-key-side_form [data-testid="stHorizontalBlock"] { flex-wrap: wrap; gap: .5rem; }
.st-key-side_form [data-testid="stColumn"] { min-width: 8rem; flex: 1 1 8rem; }
.st-key-side_form [data-testid="stColumn"]:has(textarea) { flex-basis: 100%; }
.st-key-side_form h2 { padding: .2rem 0; font-size: 1.15rem; }
.st-key-list > :has(.place-list) { height: 100%; min-height: 0; }
@media (min-width: 641px) {
  :has(> .st-key-list):has(.place-list) { flex: 1 1 0; min-height: 0; }
  .st-key-list:has(.place-list) { min-height: 0; height: 100%; overflow: hidden; } }
.st-key-list_side .stToggle, .st-key-months { min-height: 0; }
.st-key-chosen p { font-size: .9rem; line-height: 1.35; }
.st-key-chosen_ways { flex-wrap: nowrap; gap: .4rem; }
.st-key-chosen_ways button { min-height: 2.2rem; padding: .2rem .6rem; }
.st-key-chosen_ways [class*="st-key-step_"] p { position: absolute; width: 1px; height: 1px;
  overflow: hidden; clip-path: inset(50%); }
.stMainBlockContainer :has(> .st-key-phone_view) { display: none; }
@media (max-width: 640px) {
  .st-key-map_first { --tall: 100dvh; height: auto; }
  .st-key-map_first > :has(> .st-key-map_side) { position: fixed; left: -200vw; width: 100vw;
    visibility: hidden; flex: none; }
  .st-key-map_first > :has(> .st-key-list_side) { flex: 1 1 100%; height: auto; }
  .st-key-map_side :is(.map-legend, .area-legend) { bottom: 4.6rem; }
  .st-key-list { height: 60dvh; }
  .stMainBlockContainer :has(> .st-key-phone_view) { display: block; position: fixed; right: 0;
    bottom: .8rem; left: 0; z-index: 999992; }
  .st-key-phone_view button { min-height: 2.75rem; padding: .3rem 1.2rem;
    background: light-dark(#fff, #12181f); color: light-dark(#0b141c, #eef2f5);
    box-shadow: 0 1px 6px rgb(0 0 0 / 35%); }
  .st-key-phone_view button[data-selected="true"] { color: light-dark(#fff, #0b141c) !important;
    background: light-dark(#1d5b79, #9fd3ec) !important; } }
.st-key-figures { display: grid; gap: .8rem; grid-template-columns: repeat(4, minmax(0, 1fr)); }
.st-key-figures > *, .st-key-figures [data-testid="stMetric"] { height: 100%; }
.st-key-figures [data-testid="stMetric"] { padding: 0; }
.st-key-figures [data-testid="stMetric"] > div { padding: .6rem .8rem; }
.st-key-figures .stMarkdownEllipsis, .st-key-figures .stMarkdownEllipsis * { white-space: normal; }
@media (max-width: 900px) {
  .st-key-figures { gap: .5rem; grid-template-columns: repeat(2, minmax(0, 1fr)); } }
.simulated { margin: 0; padding: .2rem .8rem; background: #b34700; color: #fff; font-weight: 600;
  font-size: .76rem; border-radius: .3rem; }
.notes { border-left: .3rem solid #b3772c; padding: .1rem .9rem; font-size: .9rem; }
.notes ul { margin: .2rem 0 0; padding-left: 1.1rem; }
.notes li { font-size: .9rem; }
[data-testid="stDateInput"] [role="spinbutton"], [data-testid="stMultiSelect"] input {
  min-width: 24px; min-height: 24px; }
[data-testid="stDateInput"] [role="spinbutton"] { display: inline-block; text-align: center; }
/* A table in a text breaks its words before it runs over the side of a phone. */
@media (max-width: 640px) { [data-testid="stMarkdownContainer"] :is(th, td) {
  padding: .2rem .3rem; font-size: .75rem; overflow-wrap: anywhere; } }
@media print { [data-testid="stSidebar"], [data-testid="stToolbar"], .signed-in { display: none; } }
</style>"""
