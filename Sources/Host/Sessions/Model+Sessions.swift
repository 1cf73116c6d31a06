import Platform
import Wire

// What happens to sessions beside the turns: checkpoints, eviction, hand-over to another generation.
extension Model {
    /// Checkpoints and evictions run here, off the critical path.
    static let housekeeper = LoaderThread(name: "mneme-sessions")
    /// How long one of them may wait for a lane or a worker.
    private static let patience: Int64 = 1_000_000_000
    /// Sessions used within this time move before the exchange.
    private static let activeNanoseconds: Int64 = 300_000_000_000

    func checkpointSoon(_ session: ModelSession) {
        Self.housekeeper.submit { [self] in
            guard let sessions else { return }
            withLane { sessions.checkpoint(session, deadline: $0) }
        }
    }

    func sweepSoon() {
        guard let sessions, sessions.isSweepDue() else { return }
        Self.housekeeper.submit { [self] in
            for item in sessions.surplus() { withLane { sessions.evict(item.session, item.form, deadline: $0) } }
        }
    }

    /// Keeps what every session has, before the model goes.
    func retireSoon() {
        guard sessions != nil else { return }
        Self.housekeeper.submit { [self] in
            guard let sessions else { return }
            for session in sessions.all { withLane { sessions.checkpoint(session, deadline: $0) } }
        }
    }

    /// Moves sessions that are in use to the next generation: the state itself where it means something there,
    /// otherwise by replaying events. What isn't moved by `deadline` follows at its first use.
    func handOver(to next: Model, deadline: Int64) -> (moved: Int, left: Int) {
        guard let sessions, let others = next.sessions else { return (0, 0) }
        let recent = sessions.recent(since: platform_monotonic_ns() - Self.activeNanoseconds)
        var moved = 0
        for session in recent {
            guard platform_monotonic_ns() < deadline else { break }
            var envelope: StateEnvelope?
            withLane(until: deadline) { deadline in
                guard session.lane.acquire(until: deadline) else { return }
                envelope = sessions.envelope(session, .exact, deadline: deadline)
                session.lane.release()
            }
            guard let envelope else { continue }
            if others.refusal(envelope) == nil { others.carry(envelope) }
            next.withLane(until: deadline) { deadline in
                let turn = SessionTurn(session: session.key, sequence: envelope.sequence)
                if case .success(let ready) = others.begin(turn, deadline: deadline) {
                    _ = others.done(ready)
                    moved += 1
                }
            }
        }
        return (moved, recent.count - moved)
    }

    /// Runs `body` with the model's lane, if it has one.
    private func withLane(until wanted: Int64? = nil, _ body: (_ deadline: Int64) -> Void) {
        let deadline = wanted ?? platform_monotonic_ns() + Self.patience
        if let lane, !lane.acquire(until: deadline) { return }
        body(deadline)
        releaseLane()
    }
}
