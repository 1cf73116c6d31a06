import Glibc
import Platform
import Wire

/// How a worker is started.
struct WorkerSpawn: Sendable {
    /// Read-only descriptors of the assets are opened from these copies in the object store.
    var assetPaths: [String]
    var memoryMegabytes: Int
    var arenaMegabytes: Int
    var isStrict = false
    var isGuarded = false
    var guardsRows = false
    var isDiagnosed = false
    var allowsThreads = false
    var withoutSandbox = false
    /// Files and folders that the dynamic loader must read.
    var readable: [String]

    struct Failure: Error { let message: String }

    /// The worker's executable: beside this one, or in ../libexec/mneme.
    static var executable: String? {
        guard let folder = Path.executableFolder else { return nil }
        return ["\(folder)/mneme-worker", "\(folder)/../libexec/mneme/mneme-worker"].first(where: Path.isFile)
    }

    /// Of an installation: a plugin's own run path may name a toolchain that isn't on this machine, and the worker maps
    /// less of the runtime than a plugin may need. nil in a build folder, where the run paths are right.
    static let installedRuntime: String? = {
        guard let folder = Path.executableFolder, let runtime = Path.real("\(folder)/../lib/mneme/swift") else { return nil }
        return Path.isFile("\(runtime)/libswiftCore.so") ? runtime : nil
    }()

    /// On the spawner thread only: the worker dies with the thread that made it.
    func run() throws(Failure) -> WorkerProcess {
        guard let executable = Self.executable else {
            throw Failure(message: "mneme-worker is neither beside mneme nor in ../libexec/mneme: install it, or use another tier")
        }
        let arena = arenaMegabytes << 20
        let host: SharedRegion
        let own: SharedRegion
        do {
            host = try SharedRegion(name: "mneme-host", byteCount: arena, isReadOnlyForOthers: true)
            own = try SharedRegion(name: "mneme-worker", byteCount: arena, isReadOnlyForOthers: false)
        } catch {
            throw Failure(message: "no shared memory: \(error.call): \(FileBytes.message(error.code))")
        }
        host.populate(isWritable: true)
        own.populate(isWritable: true)
        host.hostPage.pointee.build = MNEME_LANE_BUILD
        var assets: [Int32] = []
        defer { for descriptor in assets { close(descriptor) } }
        for path in assetPaths {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw Failure(message: "\(path): \(FileBytes.message(errno))") }
            assets.append(descriptor)
        }
        let pid = try spawn(executable, [host.descriptor, own.descriptor] + assets)
        let pidfd = platform_pidfd_open(pid)
        guard pidfd >= 0 else {
            _ = Glibc.kill(pid, SIGKILL)
            throw Failure(message: "pidfd_open: \(FileBytes.message(platform_errno()))")
        }
        return WorkerProcess(pid: pid, pidfd: pidfd, host: host, own: own)
    }

    private var flags: UInt32 {
        (isStrict ? 1 : 0) | (withoutSandbox ? 2 : 0) | (allowsThreads ? 4 : 0) | (isGuarded ? 8 : 0)
            | (guardsRows ? 16 : 0) | (isDiagnosed ? 32 : 0)
    }

    private func spawn(_ executable: String, _ descriptors: [Int32]) throws(Failure) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Out of the way of the numbers that they will have in the worker.
        let moved = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 200) }
        defer { for descriptor in moved { close(descriptor) } }
        guard moved.allSatisfy({ $0 >= 0 }) else { throw Failure(message: "no descriptor left: \(FileBytes.message(errno))") }
        for standard in 0..<Int32(3) { posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0) }
        for (index, descriptor) in moved.enumerated() { posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(3 + index)) }
        // Whatever this process has open without close-on-exec: a pipe that a worker keeps open never ends.
        _ = platform_spawn_close_from(&actions, Int32(3 + moved.count))
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        let words = ["mneme-worker", "\(getpid())", "\(assetPaths.count)", "\(memoryMegabytes)", "\(flags)"] + readable
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        // A crash is reported by the host: the runtime's own backtracer would cost 10 ms and need exec.
        var settings = ["SWIFT_BACKTRACE=enable=no", "LANG=C.UTF-8"]
        if let runtime = Self.installedRuntime { settings.append("LD_LIBRARY_PATH=\(runtime)") }
        var environment: [UnsafeMutablePointer<CChar>?] = settings.map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var pid: Int32 = 0
        let code = posix_spawn(&pid, executable, &actions, &attributes, &arguments, &environment)
        guard code == 0 else { throw Failure(message: "\(executable): \(FileBytes.message(code))") }
        return pid
    }
}
