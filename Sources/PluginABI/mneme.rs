//! The Rust twin of `mneme_plugin.h`, ABI version 1: same names, same layout, no crates, no `std`.
//! SPDX-License-Identifier: Apache-2.0
//!
//! The header is the manual: purpose, thread tags, ownership, failure and growth are written there and
//! hold here word for word. This file only says the same in Rust. Copy it beside your `lib.rs`:
//!
//! ```ignore
//! mod mneme;
//! mneme_plugin_manifest!(r#"{ "manifest": 1, "id": "mine", … }"#);
//!
//! static TABLE: mneme::mneme_plugin_table = mneme::mneme_plugin_table { … };
//!
//! #[no_mangle]
//! pub extern "C" fn mneme_plugin() -> *const mneme::mneme_plugin_table { &TABLE }
//! ```
//!
//! Build as `cdylib` with `panic = "abort"` or a `catch_unwind` in every slot: no panic crosses the line.
//!
//! Written by hand and pinned twice: by the assertions at its end when it compiles, and by
//! `Tests/PluginABITests`, whose one table of offsets judges this file and the header alike.

#![allow(non_camel_case_types, dead_code)]

use core::ffi::{c_char, c_void};
use core::sync::atomic::{AtomicU32, Ordering};

// ---- Version ------------------------------------------------------------------------------------

pub const MNEME_ABI_MAJOR: u32 = 1;
pub const MNEME_ABI_MINOR: u32 = 0;
/// "MNM1" read as little-endian.
pub const MNEME_MAGIC: u32 = 0x314D_4E4D;

/// True if `$object` (a pointer to a crossing struct) is long enough to hold `$field`.
///
/// Reads `struct_size` alone, so it is sound on a struct shorter than ours.
#[macro_export]
macro_rules! mneme_has {
    ($object:expr, $type:ty, $field:ident) => {{
        let object: *const $type = $object;
        let end = core::mem::offset_of!($type, $field) + {
            fn size<T, F>(_: impl Fn(*const T) -> *const F) -> usize {
                core::mem::size_of::<F>()
            }
            size(|it: *const $type| unsafe { core::ptr::addr_of!((*it).$field) })
        };
        unsafe { core::ptr::addr_of!((*object).struct_size).read() as usize >= end }
    }};
}

// ---- Status and error ---------------------------------------------------------------------------

pub type mneme_status = i32;

pub const MNEME_OK: mneme_status = 0;
pub const MNEME_PARTIAL: mneme_status = 1;
pub const MNEME_CANCELLED: mneme_status = 2;
pub const MNEME_INVALID: mneme_status = -1;
pub const MNEME_SCHEMA: mneme_status = -2;
pub const MNEME_STATE: mneme_status = -3;
pub const MNEME_ASSET: mneme_status = -4;
pub const MNEME_OPTION: mneme_status = -5;
pub const MNEME_MEMORY: mneme_status = -6;
pub const MNEME_UNSUPPORTED: mneme_status = -7;
pub const MNEME_INTERNAL: mneme_status = -8;

#[repr(C)]
pub struct mneme_error {
    pub struct_size: u32,
    pub code: mneme_status,
    pub message: [c_char; 504],
}

// ---- Arrays -------------------------------------------------------------------------------------

pub const MNEME_F32: u32 = 1;
pub const MNEME_F16: u32 = 2;
pub const MNEME_U8: u32 = 3;
pub const MNEME_U32: u32 = 4;
pub const MNEME_U64: u32 = 5;
pub const MNEME_I64: u32 = 6;

/// Frozen for ever. `data` null = absent. Element (r, c) lies at `data + r * stride + c * size_of(type)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mneme_array {
    pub data: *mut c_void,
    pub bytes: u64,
    pub rows: u32,
    pub cols: u32,
    pub stride: u32,
    pub r#type: u32,
}

// ---- Creating a model ---------------------------------------------------------------------------

pub const MNEME_OPTION_NUMBER: u32 = 1;
pub const MNEME_OPTION_INTEGER: u32 = 2;
pub const MNEME_OPTION_BOOL: u32 = 3;
pub const MNEME_OPTION_TEXT: u32 = 4;

/// Frozen.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mneme_option {
    pub struct_size: u32,
    pub kind: u32,
    pub number: f64,
    pub text: *const c_char,
}

/// Frozen.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct mneme_asset {
    pub struct_size: u32,
    pub reserved: u32,
    pub name: *const c_char,
    pub data: *const c_void,
    pub bytes: u64,
}

#[repr(C)]
pub struct mneme_config {
    pub struct_size: u32,
    pub option_count: u32,
    pub asset_count: u32,
    pub row_column_count: u32,
    pub hop_column_count: u32,
    pub event_column_count: u32,
    pub embedding_dim: u32,
    pub dispatch_level: u32,
    pub max_rows: u32,
    pub reserved: u32,
    pub memory_bytes: u64,
    pub seed: u64,
    pub schema: u64,
    pub options: *const mneme_option,
    pub assets: *const mneme_asset,
    pub row_columns: *const *const c_char,
    pub hop_columns: *const *const c_char,
    pub event_columns: *const *const c_char,
    pub embedding_model: *const c_char,
}

pub const MNEME_INPUT_ROW_TEXTS: u32 = 1 << 0;
pub const MNEME_INPUT_QUERY_TEXT: u32 = 1 << 1;
pub const MNEME_INPUT_ROW_EMBEDDINGS: u32 = 1 << 2;
pub const MNEME_INPUT_QUERY_EMBEDDING: u32 = 1 << 3;
pub const MNEME_INPUT_PATHS: u32 = 1 << 4;
pub const MNEME_INPUT_HISTORY: u32 = 1 << 5;

#[repr(C)]
pub struct mneme_info {
    pub struct_size: u32,
    pub heads: u32,
    pub inputs: u32,
    pub state_version: u32,
    pub state_id: u64,
    pub session_bytes: u64,
    pub replay_events: u32,
    pub part_count: u32,
    pub nanoseconds_per_row: u32,
    pub nanoseconds_per_event: u32,
}

pub const MNEME_LOG_DEBUG: i32 = 0;
pub const MNEME_LOG_INFO: i32 = 1;
pub const MNEME_LOG_WARNING: i32 = 2;
pub const MNEME_LOG_ERROR: i32 = 3;
pub const MNEME_LOG_FAULT: i32 = 4;

#[repr(C)]
pub struct mneme_host {
    pub struct_size: u32,
    pub reserved: u32,
    pub context: *mut c_void,
    pub log: Option<
        unsafe extern "C" fn(context: *mut c_void, level: i32, text: *const c_char, bytes: u64),
    >,
}

/// Opaque, the plugin's.
#[repr(C)]
pub struct mneme_model {
    _opaque: [u8; 0],
}

/// Opaque, the plugin's.
#[repr(C)]
pub struct mneme_session {
    _opaque: [u8; 0],
}

// ---- One scoring request ------------------------------------------------------------------------

pub const MNEME_OVER_CANDIDATE: u32 = 1;
pub const MNEME_OVER_ASPECT: u32 = 2;
pub const MNEME_OVER_ENTITY: u32 = 3;
pub const MNEME_OVER_SESSION: u32 = 4;
pub const MNEME_OVER_PAIR: u32 = 5;
pub const MNEME_OVER_PATH: u32 = 6;

pub const MNEME_HOP_ENTITY: u8 = 1;
pub const MNEME_HOP_ASPECT: u8 = 2;
pub const MNEME_HOP_ATTRIBUTE: u8 = 3;
pub const MNEME_HOP_MEMORY: u8 = 4;

#[repr(C)]
pub struct mneme_batch {
    pub struct_size: u32,
    pub target: u32,
    pub rows: u32,
    pub heads: u32,
    pub schema: u64,
    pub request: u64,
    pub now_ms: i64,
    pub deadline_ns: i64,
    pub cancel: *const u32,
    pub utc_offset_s: i32,
    pub reserved: u32,
    pub column_present: mneme_array,
    pub row_features: mneme_array,
    pub row_ids: mneme_array,
    pub row_embeddings: mneme_array,
    pub row_has_embedding: mneme_array,
    pub row_text_offsets: mneme_array,
    pub row_text_bytes: mneme_array,
    pub query_embedding: mneme_array,
    pub query_text: mneme_array,
    pub focal_ids: mneme_array,
    pub path_offsets: mneme_array,
    pub path_ids: mneme_array,
    pub hop_offsets: mneme_array,
    pub hop_features: mneme_array,
    pub hop_ids: mneme_array,
    pub hop_kinds: mneme_array,
}

/// Reads the cancel word of a batch. Cheap: one relaxed load.
///
/// # Safety
/// `batch` is the pointer that `score` received, during that call.
#[inline]
pub unsafe fn mneme_cancelled(batch: *const mneme_batch) -> bool {
    let word = (*batch).cancel;
    !word.is_null() && (*word.cast::<AtomicU32>()).load(Ordering::Relaxed) != 0
}

/// The NaN that every f32 output is pre-filled with.
pub const MNEME_UNWRITTEN_BITS: u32 = 0x7FC0_DEAD;

pub const MNEME_ROW_OK: u8 = 0;
pub const MNEME_ROW_ABSTAIN: u8 = 1;

#[repr(C)]
pub struct mneme_scores {
    pub struct_size: u32,
    pub rows_done: u32,
    pub values: mneme_array,
    pub confidence: mneme_array,
    pub row_status: mneme_array,
    pub path_values: mneme_array,
    pub parts: mneme_array,
}

// ---- Events and outcomes ------------------------------------------------------------------------

pub const MNEME_ROLE_FOCAL: u8 = 1;
pub const MNEME_ROLE_ASPECT: u8 = 2;
pub const MNEME_ROLE_INJECTED: u8 = 3;
pub const MNEME_ROLE_REFERENCED: u8 = 4;

#[repr(C)]
pub struct mneme_events {
    pub struct_size: u32,
    pub rows: u32,
    pub schema: u64,
    pub first_sequence: u64,
    pub times_ms: mneme_array,
    pub features: mneme_array,
    pub id_offsets: mneme_array,
    pub ids: mneme_array,
    pub id_roles: mneme_array,
    pub embeddings: mneme_array,
    pub has_embedding: mneme_array,
}

pub const MNEME_OUTCOME_RATING: u8 = 1;
pub const MNEME_OUTCOME_REFERENCED: u8 = 2;
pub const MNEME_OUTCOME_HIT: u8 = 3;
pub const MNEME_OUTCOME_PIN: u8 = 4;
pub const MNEME_OUTCOME_FORGET: u8 = 5;
pub const MNEME_OUTCOME_UNDONE: u8 = 6;

#[repr(C)]
pub struct mneme_outcomes {
    pub struct_size: u32,
    pub rows: u32,
    pub schema: u64,
    pub request: u64,
    pub row_ids: mneme_array,
    pub path_ids: mneme_array,
    pub kinds: mneme_array,
    pub values: mneme_array,
    pub times_ms: mneme_array,
    pub propensities: mneme_array,
}

// ---- The plugin table ---------------------------------------------------------------------------

pub const MNEME_STATE_EXACT: i32 = 1;
pub const MNEME_STATE_COMPACT: i32 = 2;
pub const MNEME_COMPACT_BYTES: u32 = 256;

#[repr(C)]
pub struct mneme_plugin_table {
    pub magic: u32,
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub id: *const c_char,
    pub version: *const c_char,
    /// [load]
    pub create: Option<
        unsafe extern "C" fn(
            config: *const mneme_config,
            host: *const mneme_host,
            info: *mut mneme_info,
            model: *mut *mut mneme_model,
            error: *mut mneme_error,
        ) -> mneme_status,
    >,
    /// [load]
    pub destroy: Option<unsafe extern "C" fn(model: *mut mneme_model)>,
    /// [model] optional
    pub session_open: Option<
        unsafe extern "C" fn(
            model: *mut mneme_model,
            key: u64,
            session: *mut *mut mneme_session,
            error: *mut mneme_error,
        ) -> mneme_status,
    >,
    /// [session] optional
    pub session_close:
        Option<unsafe extern "C" fn(model: *mut mneme_model, session: *mut mneme_session)>,
    /// [session] optional
    pub advance: Option<
        unsafe extern "C" fn(
            model: *mut mneme_model,
            session: *mut mneme_session,
            events: *const mneme_events,
            error: *mut mneme_error,
        ) -> mneme_status,
    >,
    /// [session], with a null session [model]
    pub score: Option<
        unsafe extern "C" fn(
            model: *mut mneme_model,
            session: *mut mneme_session,
            batch: *const mneme_batch,
            scores: *mut mneme_scores,
            error: *mut mneme_error,
        ) -> mneme_status,
    >,
    /// [session], with a null session [exclusive]; optional
    pub export_state: Option<
        unsafe extern "C" fn(
            model: *mut mneme_model,
            session: *mut mneme_session,
            form: i32,
            out: *mut c_void,
            capacity: u64,
            length: *mut u64,
            error: *mut mneme_error,
        ) -> mneme_status,
    >,
    /// [session], with a null session [exclusive]; optional
    pub import_state: Option<
        unsafe extern "C" fn(
            model: *mut mneme_model,
            session: *mut mneme_session,
            form: i32,
            state_version: u32,
            bytes: *const c_void,
            length: u64,
            error: *mut mneme_error,
        ) -> mneme_status,
    >,
    /// [session], with a null session [exclusive]; optional
    pub observe: Option<
        unsafe extern "C" fn(
            model: *mut mneme_model,
            session: *mut mneme_session,
            outcomes: *const mneme_outcomes,
            error: *mut mneme_error,
        ) -> mneme_status,
    >,
}

// The table is a constant of the library: its pointers lead to constants and functions only.
unsafe impl Sync for mneme_plugin_table {}

/// What `mneme_plugin`, the one export, looks like.
pub type mneme_plugin_function = unsafe extern "C" fn() -> *const mneme_plugin_table;

// ---- The manifest -------------------------------------------------------------------------------

pub const MNEME_NOTE_TYPE: u32 = 0x4D4E_0001;
pub const MNEME_MANIFEST_MAX_BYTES: usize = 65536;

/// Places the JSON text (a literal or a constant) in the ELF note that the host reads before any code of
/// the library runs. Once per library.
#[macro_export]
macro_rules! mneme_plugin_manifest {
    ($json:expr) => {
        const _: () = {
            const JSON: &[u8] = $json.as_bytes();
            // One NUL at least, then up to a multiple of four, as the C macro pads.
            const PADDED: usize = (JSON.len() + 4) & !3;
            assert!(PADDED <= 65536, "the manifest is longer than 64 KiB");

            #[repr(C, align(4))]
            struct Note {
                name_bytes: u32,
                text_bytes: u32,
                kind: u32,
                name: [u8; 8],
                text: [u8; PADDED],
            }

            const fn padded() -> [u8; PADDED] {
                let mut text = [0; PADDED];
                let mut at = 0;
                while at < JSON.len() {
                    text[at] = JSON[at];
                    at += 1;
                }
                text
            }

            #[used]
            #[unsafe(link_section = ".note.mneme")]
            static NOTE: Note = Note {
                name_bytes: 6,
                text_bytes: PADDED as u32,
                kind: 0x4D4E_0001,
                name: *b"Mneme\0\0\0",
                text: padded(),
            };
        };
    };
}

// ---- Layout, pinned (x86-64 and AArch64 agree) --------------------------------------------------

/// Sizes, and the offset of every field that isn't simply behind its neighbour.
const _: () = {
    use core::mem::{offset_of, size_of};

    assert!(size_of::<mneme_error>() == 512);
    assert!(size_of::<mneme_array>() == 32);
    assert!(size_of::<mneme_option>() == 24);
    assert!(size_of::<mneme_asset>() == 32);
    assert!(size_of::<mneme_config>() == 112);
    assert!(size_of::<mneme_info>() == 48);
    assert!(size_of::<mneme_host>() == 24);
    assert!(size_of::<mneme_batch>() == 576);
    assert!(size_of::<mneme_scores>() == 168);
    assert!(size_of::<mneme_events>() == 248);
    assert!(size_of::<mneme_outcomes>() == 216);
    assert!(size_of::<mneme_plugin_table>() == 104);

    assert!(offset_of!(mneme_error, message) == 8);
    assert!(offset_of!(mneme_array, r#type) == 28);
    assert!(offset_of!(mneme_option, number) == 8);
    assert!(offset_of!(mneme_option, text) == 16);
    assert!(offset_of!(mneme_asset, name) == 8);
    assert!(offset_of!(mneme_asset, bytes) == 24);
    assert!(offset_of!(mneme_config, memory_bytes) == 40);
    assert!(offset_of!(mneme_config, schema) == 56);
    assert!(offset_of!(mneme_config, options) == 64);
    assert!(offset_of!(mneme_config, embedding_model) == 104);
    assert!(offset_of!(mneme_info, state_id) == 16);
    assert!(offset_of!(mneme_info, nanoseconds_per_event) == 44);
    assert!(offset_of!(mneme_host, log) == 16);
    assert!(offset_of!(mneme_batch, schema) == 16);
    assert!(offset_of!(mneme_batch, cancel) == 48);
    assert!(offset_of!(mneme_batch, column_present) == 64);
    assert!(offset_of!(mneme_batch, row_features) == 96);
    assert!(offset_of!(mneme_batch, hop_kinds) == 544);
    assert!(offset_of!(mneme_scores, values) == 8);
    assert!(offset_of!(mneme_scores, parts) == 136);
    assert!(offset_of!(mneme_events, times_ms) == 24);
    assert!(offset_of!(mneme_events, has_embedding) == 216);
    assert!(offset_of!(mneme_outcomes, row_ids) == 24);
    assert!(offset_of!(mneme_outcomes, propensities) == 184);
    assert!(offset_of!(mneme_plugin_table, id) == 16);
    assert!(offset_of!(mneme_plugin_table, create) == 32);
    assert!(offset_of!(mneme_plugin_table, observe) == 96);
};
