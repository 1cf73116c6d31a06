import Glibc
import Platform

/// A thread that isn't one of the concurrency pool's, so that a stranger's code may block it.
enum PermanentThread {
    /// Starts a detached thread that ends when `body` returns.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Body(name: name, run: body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        // 8 MiB: what a plugin's author expects of a main thread.
        pthread_attr_setstacksize(&attributes, 8 << 20)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                // Force unwrap: the argument is the box of the line above.
                let body = Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue()
                _ = platform_name_thread(body.name)
                body.run()
                return nil
            }, box.toOpaque())
        pthread_attr_destroy(&attributes)
        // No thread can be made: nothing sensible is left to do, and it happens at load, not in a turn.
        precondition(code == 0, "pthread_create: \(FileBytes.message(code))")
    }

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }
}
