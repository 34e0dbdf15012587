//! The flows that people click, in a real browser.
