import Glibc
import Platform
import Wire

// mneme-worker: the process that hosts one plugin. Started by the host only, never by people.
//
// Descriptors: 3 = the host's region (read-only), 4 = ours, 5… = assets in the order of the create order.
// Arguments: parent's pid, number of assets, memory limit in MiB (0 = none), flags, folders that may be read.

guard CommandLine.argc >= 5, let parent = Int32(CommandLine.arguments[1]), let assetCount = Int32(CommandLine.arguments[2]),
    let megabytes = UInt64(CommandLine.arguments[3]), let flags = UInt32(CommandLine.arguments[4])
else {
    let text = "mneme-worker is started by mneme; it is of no use by hand\n"
    _ = write(2, text, text.utf8.count)
    exit(64)
}

// The parent's end is ours. Checked after asking for the signal: it may have ended in between.
_ = platform_die_with_parent(SIGKILL)
guard getppid() == parent else { exit(0) }
_ = platform_name_thread("mneme-worker")

do {
    let host = try SharedRegion(descriptor: 3, isWritable: false)
    let own = try SharedRegion(descriptor: 4, isWritable: true)
    host.populate(isWritable: false)
    own.populate(isWritable: true)
    guard host.hostPage.pointee.build == MNEME_LANE_BUILD else { exit(65) }
    own.workerPage.pointee.build = MNEME_LANE_BUILD
    let options = WorkerOptions(rawValue: flags)
    Limits.set(memoryMegabytes: megabytes, assets: Int(assetCount))
    var walls: UInt32 = 0
    if !options.contains(.withoutSandbox) {
        walls = Sandbox.enterBeforeLoading(readable: Array(CommandLine.arguments.dropFirst(5)), isStrict: options.contains(.strict))
    }
    own.workerPage.pointee.is_sandboxed = walls
    let assets = (0..<Int(assetCount)).map { MappedFile(descriptor: Int32(5 + $0)) }
    if options.contains(.diagnosed) { Diagnosis.install(page: own.workerPage, host: host) }
    Service(host: host, own: own, assets: assets, options: options).run()
} catch {
    exit(71)
}
