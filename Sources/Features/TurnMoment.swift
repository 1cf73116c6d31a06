/// When a turn takes place and how long the user was away: the only clock a column may read.
package struct TurnMoment: Sendable {
    /// Unix time, UTC.
    package var nowMilliseconds: Int64
    /// The user's zone, east positive.
    package var utcOffsetSeconds: Int
    /// Days since the last session ended; nil = there was none.
    package var sessionGapDays: Float?

    package init(nowMilliseconds: Int64, utcOffsetSeconds: Int = 0, sessionGapDays: Float? = nil) {
        self.nowMilliseconds = nowMilliseconds
        self.utcOffsetSeconds = utcOffsetSeconds
        self.sessionGapDays = sessionGapDays
    }

    /// Days from `milliseconds` until now; 0 for the future.
    package func ageDays(_ milliseconds: Int64) -> Float {
        Float(max(0, Double(nowMilliseconds) - Double(milliseconds)) / 86_400_000)
    }
}
