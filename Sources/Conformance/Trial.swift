import Host

/// One library under examination: what is known of it, and workers to try it in. Nothing of it runs in this process.
final class Trial: Sendable {
    let request: TrialPreparation.Request
    let examination: LibraryExamination
    /// What ModelPlan made of it, or why it wouldn't.
    let preparation: Result<TrialPreparation, LoadError>

    init(_ request: TrialPreparation.Request) throws(LoadError) {
        self.request = request
        examination = try LibraryExamination(path: request.path)
        do throws(LoadError) {
            preparation = .success(try TrialPreparation(request))
        } catch {
            preparation = .failure(error)
        }
    }

    func prepared() throws(TrialEnd) -> TrialPreparation {
        switch preparation {
        case .success(let prepared): return prepared
        case .failure(let error): throw .failure(.unfit(error))
        }
    }

    /// A worker of its own for a check, with the library not yet loaded.
    func worker(_ change: (inout TrialWorker.Plan) -> Void = { _ in }) throws(TrialEnd) -> TrialWorker {
        var plan = try prepared().trial
        change(&plan)
        return try ending { () throws(TrialFailure) in try TrialWorker(plan) }
    }

    /// Loaded and made.
    func scorer(_ change: (inout TrialWorker.Plan) -> Void = { _ in }) throws(TrialEnd) -> TrialScorer {
        let prepared = try prepared()
        var plan = prepared.trial
        change(&plan)
        let ready = plan
        return try ending { () throws(TrialFailure) in try TrialScorer(ready, wantedHeads: prepared.wantedHeads) }
    }

    /// The gate's checks over a plain worker.
    func checks(_ change: (inout TrialWorker.Plan) -> Void = { _ in }) throws(TrialEnd) -> GateChecks {
        let prepared = try prepared()
        return GateChecks(try scorer(change), prepared.maker, planted: prepared.planted)
    }
}

/// Why a check couldn't be brought to its end.
enum TrialEnd: Error {
    case failure(TrialFailure)
}

/// Runs what throws a trial's failure inside a check.
func ending<Value>(_ body: () throws(TrialFailure) -> Value) throws(TrialEnd) -> Value {
    do throws(TrialFailure) {
        return try body()
    } catch {
        throw .failure(error)
    }
}
