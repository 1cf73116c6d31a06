//! graph_distance.rs: how near a memory is to what the turn is about, counted in hops of the graph.
//!
//! With the grant "paths" the shortest path of a row says how far away it is. Without it, a column still says
//! whether the row was found through the graph at all, and the option `usualHops` stands in for the distance.
//! A row that was not found through the graph has no distance: it ABSTAINs, and the host places it.
//!
//! One model, no state: `score` reads a few columns and writes the outputs, so "row", "deterministic" and
//! "concurrent" are all true.

#[path = "../../Sources/PluginABI/mneme.rs"]
mod mneme;

use mneme::*;
use std::ffi::{c_char, CStr};
use std::panic::{catch_unwind, AssertUnwindSafe};

// Macros, because `concat!` takes literals only: the manifest and the table below quote the same two.
macro_rules! id {
    () => {
        "example-graph-distance"
    };
}
macro_rules! version {
    () => {
        "1.0.0"
    };
}

// "monotone": found through the graph beats not found, which abstains and stands behind. Density is a penalty.
mneme_plugin_manifest!(concat!(
    r#"{"manifest": 1, "id": ""#,
    id!(),
    r#"", "version": ""#,
    version!(),
    r#"", "licence": "Apache-2.0", "abi": {"major": 1, "minor": 0},
    "toolchain": {"language": "rust"}, "scope": "row", "concurrent": true, "deterministic": true,
    "inputs": {
      "row_columns": [
        {"name": "memory.is_graph_traversal@1", "required": true, "monotone": true},
        {"name": "memory.log_structural_density@1", "required": false}
      ],
      "paths": {"required": false}
    },
    "heads": [{"name": "relevance", "over": "candidate", "scale": "rank-only"}],
    "parts": ["distance", "density"],
    "options": {
      "decay": {"type": "number", "default": 0.5, "min": 0, "max": 1, "help": "what each further hop leaves of the score"},
      "usualHops": {"type": "integer", "default": 2, "min": 1, "max": 16, "help": "distance of a row whose paths are not sent"},
      "densityWeight": {"type": "number", "default": 0.05, "min": 0, "max": 10, "help": "how much a crowded entity is held against a row"}
    }}"#
));

const FOUND: &CStr = c"memory.is_graph_traversal@1";
const DENSITY: &CStr = c"memory.log_structural_density@1";
const ROWS_BETWEEN_POLLS: usize = 512;

struct GraphDistance {
    schema: u64,
    decay: f32,
    usual_hops: u32,
    density_weight: f32,
    found: usize,
    /// None = this host does not offer it.
    density: Option<usize>,
}

/// What went wrong, on its way to the host.
struct Failure(mneme_status, &'static str);

/// Runs the body of an entry. A panic ends here as INTERNAL: it may not unwind into the host's frames.
///
/// # Safety
/// `error` is what the host passed: null never, writable for one `mneme_error`.
unsafe fn guarded(
    error: *mut mneme_error,
    body: impl FnOnce() -> Result<mneme_status, Failure>,
) -> mneme_status {
    let outcome = catch_unwind(AssertUnwindSafe(body));
    let Failure(status, message) = match outcome {
        Ok(Ok(status)) => return status,
        Ok(Err(failure)) => failure,
        Err(_) => Failure(MNEME_INTERNAL, "the scorer panicked; its message is on standard error"),
    };
    // Fields, never `*error = …`: a newer host's struct may be longer than the one we know.
    (*error).code = status;
    let room = (*error).message.len() - 1;
    let length = message.len().min(room);
    let target = core::ptr::addr_of_mut!((*error).message).cast::<u8>();
    core::ptr::copy_nonoverlapping(message.as_ptr(), target, length);
    target.add(length).write(0);
    status
}

/// A list of the contract (dense) as a slice; empty if it is absent.
///
/// # Safety
/// `T` is the list's type, and the slice isn't used after the call that brought the array.
unsafe fn list<'a, T>(array: &mneme_array) -> &'a [T] {
    if array.data.is_null() {
        return &[];
    }
    core::slice::from_raw_parts(array.data.cast(), array.rows as usize * array.cols as usize)
}

/// Row `row` of an array of rows: `stride` is in bytes and may exceed the columns.
///
/// # Safety
/// As `list`; `row` is one of the array's.
unsafe fn line<'a, T>(array: &mneme_array, row: usize) -> &'a [T] {
    let start = array.data.cast::<u8>().add(row * array.stride as usize);
    core::slice::from_raw_parts(start.cast(), array.cols as usize)
}

/// [load]
unsafe extern "C" fn create(
    config: *const mneme_config,
    _host: *const mneme_host,
    info: *mut mneme_info,
    model: *mut *mut mneme_model,
    error: *mut mneme_error,
) -> mneme_status {
    guarded(error, || {
        let config = &*config;
        if config.option_count != 3 {
            return Err(Failure(MNEME_OPTION, "the manifest has other options than this library"));
        }
        let options = core::slice::from_raw_parts(config.options, 3);
        let count = config.row_column_count as usize;
        let place = |name: &CStr| {
            (0..count).find(|&index| CStr::from_ptr(*config.row_columns.add(index)) == name)
        };
        let made = GraphDistance {
            schema: config.schema,
            decay: options[0].number as f32,
            usual_hops: options[1].number as u32,
            density_weight: options[2].number as f32,
            found: place(FOUND).ok_or(Failure(
                MNEME_SCHEMA,
                "column memory.is_graph_traversal@1 is needed and was not sent",
            ))?,
            density: place(DENSITY),
        };
        (*info).heads = 1;
        (*info).inputs = MNEME_INPUT_PATHS;
        (*info).part_count = 2;
        (*info).nanoseconds_per_row = 20;
        *model = Box::into_raw(Box::new(made)).cast();
        Ok(MNEME_OK)
    })
}

/// [load]
unsafe extern "C" fn destroy(model: *mut mneme_model) {
    drop(Box::from_raw(model.cast::<GraphDistance>()));
}

/// [model]
unsafe extern "C" fn score(
    model: *mut mneme_model,
    _session: *mut mneme_session,
    batch: *const mneme_batch,
    scores: *mut mneme_scores,
    error: *mut mneme_error,
) -> mneme_status {
    guarded(error, || {
        let model = &*model.cast::<GraphDistance>();
        let batch = &*batch;
        if batch.schema != model.schema {
            return Err(Failure(MNEME_SCHEMA, "the batch has other columns than the model was made for"));
        }
        let path_offsets: &[u32] = list(&batch.path_offsets);
        let hop_offsets: &[u32] = list(&batch.hop_offsets);
        let values = (*scores).values.data.cast::<f32>();
        let statuses = (*scores).row_status.data.cast::<u8>();
        for row in 0..batch.rows as usize {
            if row % ROWS_BETWEEN_POLLS == 0 && mneme_cancelled(batch) {
                (*scores).rows_done = row as u32;
                return Ok(MNEME_CANCELLED);
            }
            let columns: &[f32] = line(&batch.row_features, row);
            let Some(hops) = model.hops(row, columns, path_offsets, hop_offsets) else {
                // No value: a made-up zero would say «far away», and this says «ask somebody else».
                statuses.add(row).write(MNEME_ROW_ABSTAIN);
                continue;
            };
            let distance = model.closeness(hops);
            let density = model.density.map_or(0.0, |at| -model.density_weight * columns[at]);
            values.add(row).write(distance + density);
            if !(*scores).parts.data.is_null() {
                let stride = (*scores).parts.stride as usize;
                let parts = (*scores).parts.data.cast::<u8>().add(row * stride).cast::<f32>();
                parts.write(distance);
                parts.add(1).write(density);
            }
        }
        if !(*scores).path_values.data.is_null() {
            let paths = (*scores).path_values.data.cast::<f32>();
            for (path, ends) in hop_offsets.windows(2).enumerate() {
                paths.add(path).write(model.closeness(ends[1] - ends[0]));
            }
        }
        (*scores).rows_done = batch.rows;
        Ok(MNEME_OK)
    })
}

impl GraphDistance {
    /// Hops of the row's shortest path, or the usual number if only the column says that there is one.
    fn hops(&self, row: usize, columns: &[f32], paths: &[u32], hops: &[u32]) -> Option<u32> {
        if !paths.is_empty() {
            // Indexing checks bounds; if a host sent offsets that run out, that panic is caught in `guarded`.
            let own = paths[row] as usize..paths[row + 1] as usize;
            return own.map(|path| hops[path + 1] - hops[path]).min();
        }
        (columns[self.found] > 0.0).then_some(self.usual_hops)
    }

    /// 1 at one hop or less, times `decay` for every further one.
    fn closeness(&self, hops: u32) -> f32 {
        self.decay.powi(hops.saturating_sub(1).min(64) as i32)
    }
}

static TABLE: mneme_plugin_table = mneme_plugin_table {
    magic: MNEME_MAGIC,
    struct_size: core::mem::size_of::<mneme_plugin_table>() as u32,
    abi_major: MNEME_ABI_MAJOR,
    abi_minor: MNEME_ABI_MINOR,
    id: concat!(id!(), "\0").as_ptr().cast::<c_char>(),
    version: concat!(version!(), "\0").as_ptr().cast::<c_char>(),
    create: Some(create),
    destroy: Some(destroy),
    session_open: None,
    session_close: None,
    advance: None,
    score: Some(score),
    export_state: None,
    import_state: None,
    observe: None,
};

/// The one export.
#[no_mangle]
pub extern "C" fn mneme_plugin() -> *const mneme_plugin_table {
    &TABLE
}
