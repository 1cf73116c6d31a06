import Kernels

/// The systems of a layer over whole paths: short ones by convolution, long ones by recurrence.
extension S4DLayer {
    /// `u`, `y` [R, H]; `kernel` reaches the longest path that is convolved.
    func mix(
        _ offsets: UnsafePointer<Int32>, paths: Int, mode: S4DMode?, kernel: [Float], state: GrowingFloats,
        u: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>
    ) {
        forEachRun(offsets, paths: paths, mode: mode) { run, mode in
            if mode == .convolution {
                mneme_s4d_convolve(channels, run.count, offsets + run.lowerBound, u, kernel, skip, y)
            } else {
                let start = Int(offsets[run.lowerBound]) * channels
                let length = Int(offsets[run.upperBound] - offsets[run.lowerBound])
                scan(
                    length: length, state: state.zeros(2 * system.plane), u: u + start, y: y + start,
                    states: nil)
            }
        }
    }

    /// One path with a carried state [2, M, H]; `states` [(length+1), 2, M, H] or nil.
    func scan(
        length: Int, state: UnsafeMutablePointer<Float>, u: UnsafePointer<Float>,
        y: UnsafeMutablePointer<Float>,
        states: UnsafeMutablePointer<Float>?
    ) {
        mneme_s4d_scan(
            length, system.modes, channels, system.scanRho, system.scanInput, system.scanOutput, skip, u,
            state, y, states)
    }

    /// `du` is written; the systems' gradients go to `gradient`, D's to `gradients`.
    func mixBackward(
        _ offsets: UnsafePointer<Int32>, paths: Int, mode: S4DMode?, kernel: [Float], scratch: GrowingFloats,
        u: UnsafePointer<Float>, dy: UnsafePointer<Float>, du: UnsafeMutablePointer<Float>,
        gradient: inout S4DSystemGradient, gradients: UnsafeMutablePointer<Float>
    ) {
        let dskip = gradients + slots.skip.lowerBound
        forEachRun(offsets, paths: paths, mode: mode) { run, mode in
            if mode == .convolution {
                mneme_s4d_convolve_backward(
                    channels, run.count, offsets + run.lowerBound, u, kernel, skip, dy, du, &gradient.kernel,
                    dskip)
            } else {
                let start = Int(offsets[run.lowerBound]) * channels
                let length = Int(offsets[run.upperBound] - offsets[run.lowerBound])
                scanBackward(
                    length: length, scratch: scratch, u: u + start, dy: dy + start, du: du + start,
                    gradient: &gradient,
                    dskip: dskip)
            }
        }
    }

    /// States are computed again instead of kept: a long path's would be M times the activations.
    private func scanBackward(
        length: Int, scratch: GrowingFloats, u: UnsafePointer<Float>, dy: UnsafePointer<Float>,
        du: UnsafeMutablePointer<Float>, gradient: inout S4DSystemGradient, dskip: UnsafeMutablePointer<Float>
    ) {
        let plane = 2 * system.plane
        let state = scratch.reserve((length + 2) * plane)
        let states = state + plane
        state.update(repeating: 0, count: plane)
        // `du` holds the forward output for a moment; nobody needs that.
        scan(length: length, state: state, u: u, y: du, states: states)
        gradient.prepareScan(system)
        state.update(repeating: 0, count: plane)
        mneme_s4d_scan_backward(
            length, system.modes, channels, system.scanRho, system.scanInput, system.scanOutput, skip, u,
            states, dy, state,
            &gradient.rho, &gradient.input, &gradient.output, dskip, du)
    }

    /// Neighbouring paths that are convolved make one run; a recurrence takes one path at a time.
    private func forEachRun(
        _ offsets: UnsafePointer<Int32>, paths: Int, mode: S4DMode?, _ body: (Range<Int>, S4DMode) -> Void
    ) {
        func choice(_ path: Int) -> S4DMode {
            mode ?? .cheaper(length: Int(offsets[path + 1] - offsets[path]), modes: system.modes)
        }
        var path = 0
        while path < paths {
            let first = path
            let mode = choice(first)
            repeat { path += 1 } while mode == .convolution && path < paths && choice(path) == .convolution
            body(first..<path, mode)
        }
    }
}
