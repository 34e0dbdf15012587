//! Yishen (依申): intake, deadlines, decisions and yearly figures for 政府信息公开申请, the
//! applications for disclosure under China's 《政府信息公开条例》.
//!
//! The map, from the ground up; every arrow runs down (see `ARCHITECTURE.md`):
//!
//! - [`domain`]: the Regulation as values and functions, pure.
//! - [`report`], [`documents`]: the year's tables, and files made of values, pure.
//! - [`config`], [`clock`], [`telemetry`], [`vault`], [`notify`], [`storage`]: what the
//!   office stands on.
//! - [`confined`]: where files of strangers are read.
//! - [`app`]: what all share.
//! - [`casework`]: what the office does, one function and one transaction for each deed.
//! - [`web`], [`jobs`], [`cli`], [`server`]: who comes in, and by which door.

pub mod app;
pub mod casework;
pub mod cli;
pub mod clock;
pub mod config;
pub mod confined;
pub mod documents;
pub mod domain;
pub mod jobs;
pub mod notify;
pub mod report;
pub mod server;
pub mod storage;
pub mod telemetry;
pub mod vault;
pub mod web;
