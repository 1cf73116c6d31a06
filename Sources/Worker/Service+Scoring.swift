import Glibc
import Platform
import PluginABI
import Wire

// Scoring: the batch stays where the host wrote it, the answer goes where the host reads it.
extension Service {
    func score(_ plugin: LoadedPlugin, _ page: mneme_host_page) -> mneme_status {
        guard let score = plugin.table.pointee.score else { return refuse("score is null") }
        let (isKnown, session) = session(page)
        guard isKnown else { return refuse("no such session") }
        guard let batch = batch(page) else { return refuse("the batch is damaged") }
        guard let layout = layout(page, rows: Int(batch.pointee.rows)) else {
            return refuse("the answer doesn't fit the region")
        }
        layout.fill(own.base)
        let scores = slots.prepareScores()
        layout.place(own.base, in: scores)
        if let rows {
            rows.guardArrays(of: batch, scores)
            defer { rows.release() }
            let status = score(plugin.model, session, batch, scores, slots.error)
            own.workerPage.pointee.rows_done = scores.pointee.rows_done
            own.workerPage.pointee.changed_input = rows.changedInput
            rows.copyOutputs(to: own.base, layout)
            return status
        }
        let status = score(plugin.model, session, batch, scores, slots.error)
        own.workerPage.pointee.rows_done = scores.pointee.rows_done
        return status
    }

    /// The host's batch in its slot, with the cancel word of this process.
    func batch(_ page: mneme_host_page) -> UnsafeMutablePointer<mneme_batch>? {
        guard unpack(page, .batch) else { return nil }
        let batch = slots.input.assumingMemoryBound(to: mneme_batch.self)
        // Force unwrap: a stored field of an imported C struct has an offset.
        let offset = MemoryLayout<mneme_host_page>.offset(of: \.cancel)!
        batch.pointee.cancel = UnsafePointer(
            (UnsafeMutableRawPointer(host.base) + offset).assumingMemoryBound(to: UInt32.self))
        return batch
    }

    func layout(_ page: mneme_host_page, rows: Int) -> AnswerLayout? {
        let (heads, parts, paths) = (Int(page.head_count), Int(page.part_count), Int(page.path_count))
        guard
            let places = OutputLayout(
                start: Int(MNEME_LANE_PAGE), rows: rows, heads: heads, parts: parts, paths: paths, limit: own.byteCount)
        else { return nil }
        return AnswerLayout(places: places, rows: rows, heads: heads, parts: parts, paths: paths)
    }
}

/// Where the arrays of one answer lie, and how large they are.
struct AnswerLayout {
    let places: OutputLayout
    let rows: Int
    let heads: Int
    let parts: Int
    let paths: Int

    /// Every number unwritten, every row OK.
    func fill(_ base: UnsafeMutableRawPointer) {
        let words = (base + places.values).assumingMemoryBound(to: UInt32.self)
        for index in 0..<(places.statuses - places.values) / 4 { words[index] = UInt32(MNEME_UNWRITTEN_BITS) }
        memset(base + places.statuses, 0, rows)
    }

    func place(_ base: UnsafeMutableRawPointer, in scores: UnsafeMutablePointer<mneme_scores>) {
        func array(_ offset: Int, _ type: Int, rows: Int, columns: Int, size: Int) -> mneme_array {
            guard rows > 0, columns > 0 else { return mneme_array() }
            return mneme_array(
                data: base + offset, bytes: UInt64(rows * columns * size), rows: UInt32(rows), cols: UInt32(columns),
                stride: UInt32(columns * size), type: UInt32(type))
        }
        scores.pointee.values = array(places.values, Int(MNEME_F32), rows: heads, columns: rows, size: 4)
        scores.pointee.confidence = array(places.confidence, Int(MNEME_F32), rows: 1, columns: rows, size: 4)
        scores.pointee.row_status = array(places.statuses, Int(MNEME_U8), rows: 1, columns: rows, size: 1)
        scores.pointee.path_values = array(places.pathValues, Int(MNEME_F32), rows: 1, columns: paths, size: 4)
        scores.pointee.parts = array(places.parts, Int(MNEME_F32), rows: rows, columns: parts, size: 4)
    }

    /// Offsets of the output arrays in the order of `mneme_scores`.
    var offsets: [Int] { [places.values, places.confidence, places.statuses, places.pathValues, places.parts] }
}
