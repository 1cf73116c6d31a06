extension PluginTemplate {
    var rustFiles: [File] {
        [
            File(path: "scorer.rs", text: rustSource), Self.rustTwin, Self.header,
            File(path: "Makefile", text: rustMakefile),
        ]
    }

    private var rustSource: String {
        ##"""
        //! \##(name): text match plus importance. No crates: `mneme.rs` is the twin of mneme_plugin.h, the manual.

        mod mneme;

        use mneme::*;
        use std::ffi::{c_char, CStr};
        use std::panic::{catch_unwind, AssertUnwindSafe};

        // The host acts on every promise here: keep each one true when you change the scorer. Id and version stand
        // once more in TABLE; the host refuses a library where the two differ.
        mneme_plugin_manifest!(
            r#"{
              "manifest": 1, "id": "\##(name)", "version": "\##(Self.version)",
              "abi": {"major": 1, "minor": 0}, "toolchain": {"language": "rust"},
              "scope": "row", "concurrent": true, "deterministic": true,
              "inputs": {"row_columns": [
                {"name": "text.context@1", "required": true, "monotone": true},
                {"name": "memory.importance@1", "required": false, "monotone": true}
              ]},
              "heads": [{"name": "relevance", "over": "candidate", "scale": "rank-only"}],
              "parts": ["text", "importance"],
              "options": {
                "importanceWeight": {"type": "number", "default": 1, "min": 0, "max": 100, "help": "worth of importance 1"}
              }
            }"#
        );

        struct Scorer {
            schema: u64,
            weight: f32,
            text: usize,
            /// None = this host does not offer it.
            importance: Option<usize>,
        }

        /// What went wrong, on its way to the host.
        struct Failure(mneme_status, &'static str);

        /// Runs the body of an entry; a panic ends here, for it may not unwind into the host.
        ///
        /// # Safety
        /// `error` is what the host passed.
        unsafe fn guarded(
            error: *mut mneme_error,
            body: impl FnOnce() -> Result<mneme_status, Failure>,
        ) -> mneme_status {
            let Failure(status, message) = match catch_unwind(AssertUnwindSafe(body)) {
                Ok(Ok(status)) => return status,
                Ok(Err(failure)) => failure,
                Err(_) => Failure(MNEME_INTERNAL, "the scorer panicked; its message is on standard error"),
            };
            // Fields, never a whole struct: a newer host's is longer.
            (*error).code = status;
            let length = message.len().min((*error).message.len() - 1);
            let target = core::ptr::addr_of_mut!((*error).message).cast::<u8>();
            core::ptr::copy_nonoverlapping(message.as_ptr(), target, length);
            target.add(length).write(0);
            status
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
                if config.option_count != 1 {
                    return Err(Failure(MNEME_OPTION, "one option is needed"));
                }
                let place = |name: &CStr| {
                    (0..config.row_column_count as usize)
                        .find(|&index| CStr::from_ptr(*config.row_columns.add(index)) == name)
                };
                let made = Scorer {
                    schema: config.schema,
                    // Options come in the manifest's order.
                    weight: (*config.options).number as f32,
                    text: place(c"text.context@1")
                        .ok_or(Failure(MNEME_SCHEMA, "column text.context@1 is needed and was not sent"))?,
                    importance: place(c"memory.importance@1"),
                };
                (*info).heads = 1;
                (*info).part_count = 2;
                *model = Box::into_raw(Box::new(made)).cast();
                Ok(MNEME_OK)
            })
        }

        /// [load]
        unsafe extern "C" fn destroy(model: *mut mneme_model) {
            drop(Box::from_raw(model.cast::<Scorer>()));
        }

        /// [model]: several threads at once, so write nothing but the outputs.
        unsafe extern "C" fn score(
            model: *mut mneme_model,
            _session: *mut mneme_session,
            batch: *const mneme_batch,
            scores: *mut mneme_scores,
            error: *mut mneme_error,
        ) -> mneme_status {
            guarded(error, || {
                let model = &*model.cast::<Scorer>();
                let batch = &*batch;
                if batch.schema != model.schema {
                    return Err(Failure(MNEME_SCHEMA, "the batch has other columns"));
                }
                let features = &batch.row_features;
                let values = (*scores).values.data.cast::<f32>();
                for row in 0..batch.rows as usize {
                    if row % 512 == 0 && mneme_cancelled(batch) {
                        (*scores).rows_done = row as u32;
                        return Ok(MNEME_CANCELLED);
                    }
                    // Strides are in bytes: rows may be padded.
                    let start = features.data.cast::<u8>().add(row * features.stride as usize);
                    let x: &[f32] = core::slice::from_raw_parts(start.cast(), features.cols as usize);
                    let text = x[model.text];
                    let importance = model.importance.map_or(0.0, |at| model.weight * x[at]);
                    values.add(row).write(text + importance);
                    if !(*scores).parts.data.is_null() {
                        let stride = (*scores).parts.stride as usize;
                        let parts = (*scores).parts.data.cast::<u8>().add(row * stride).cast::<f32>();
                        parts.write(text);
                        parts.add(1).write(importance);
                    }
                }
                (*scores).rows_done = batch.rows;
                Ok(MNEME_OK)
            })
        }

        static TABLE: mneme_plugin_table = mneme_plugin_table {
            magic: MNEME_MAGIC,
            struct_size: core::mem::size_of::<mneme_plugin_table>() as u32,
            abi_major: MNEME_ABI_MAJOR,
            abi_minor: MNEME_ABI_MINOR,
            id: c"\##(name)".as_ptr().cast::<c_char>(),
            version: c"\##(Self.version)".as_ptr().cast::<c_char>(),
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

        """##
    }

    /// Tabs as in the C template.
    private var rustMakefile: String {
        """
        RUSTC ?= rustc

        # panic=unwind, so that a panic can be caught before it reaches the host.
        \(library): scorer.rs mneme.rs
        \t$(RUSTC) --edition 2021 -O -C panic=unwind -C strip=symbols --crate-type cdylib \\
        \t    --crate-name \(rustCrate) -o $@ $<

        .PHONY: clean
        clean:
        \trm -f \(library)

        """
    }

    private var rustCrate: String { "plugin_" + name.map { $0 == "-" ? "_" : String($0) }.joined() }
}
