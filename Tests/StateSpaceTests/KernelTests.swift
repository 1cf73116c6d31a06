import Differences
import Kernels
import StateSpace
import Testing

extension EveryLevel {
    /// Every fast kernel against its plain loop in double, with widths that fill no vector.
    @Suite struct Kernels {
        static let channels = [1, 5, 16, 20, 64]

        @Test(arguments: channels) func theConvolutionKernelAgrees(h: Int) {
            let modes = 6
            let length = 9
            var numbers = SplitMix64(seed: 1)
            let rho = (0..<2 * modes * h).map { _ in numbers.uniform(-0.7, 0.7) }
            let v = (0..<2 * modes * h).map { _ in numbers.normal() }
            let slope = numbers.normals(length * h)
            let plane = modes * h
            let start = [Double](repeating: 1, count: plane) + [Double](repeating: 0, count: plane)
            compare("vandermonde", 1e-6) { fast in
                var kernel = [Float](repeating: 0, count: length * h)
                var power = start
                let run = fast ? mneme_s4d_vandermonde : mneme_s4d_vandermonde_reference
                rho.withUnsafeBufferPointer { rho in
                    v.withUnsafeBufferPointer { v in
                        // Force unwraps, here and below: none of the arrays is empty.
                        run(
                            0, length, modes, h, rho.baseAddress!, rho.baseAddress! + plane, v.baseAddress!,
                            v.baseAddress! + plane, &power, &kernel)
                    }
                }
                return kernel + power.map { Float($0) }
            }
            compare("vandermonde_backward", 1e-6) { fast in
                var s0 = [Double](repeating: 0, count: 2 * plane)
                var s1 = s0
                let run = fast ? mneme_s4d_vandermonde_backward : mneme_s4d_vandermonde_backward_reference
                rho.withUnsafeBufferPointer { rho in
                    run(length, modes, h, rho.baseAddress!, rho.baseAddress! + plane, slope, &s0, &s1)
                }
                return (s0 + s1).map { Float($0) }
            }
        }

        @Test(arguments: channels) func theConvolutionAgrees(h: Int) {
            let offsets: [Int32] = [0, 4, 4, 5, 12]
            var numbers = SplitMix64(seed: 2)
            let (u, dy, kernel, skip) = (
                numbers.normals(12 * h), numbers.normals(12 * h), numbers.normals(7 * h), numbers.normals(h)
            )
            compare("convolve", 2e-6) { fast in
                var y = [Float](repeating: 0, count: 12 * h)
                (fast ? mneme_s4d_convolve : mneme_s4d_convolve_reference)(h, 4, offsets, u, kernel, skip, &y)
                return y
            }
            compare("convolve_backward", 2e-6) { fast in
                var du = [Float](repeating: 0, count: 12 * h)
                var dkernel = kernel
                var dskip = skip
                (fast ? mneme_s4d_convolve_backward : mneme_s4d_convolve_backward_reference)(
                    h, 4, offsets, u, kernel, skip, dy, &du, &dkernel, &dskip)
                return du + dkernel + dskip
            }
        }

        @Test(arguments: channels) func theRecurrenceAgrees(h: Int) {
            let modes = 4
            let length = 7
            let size = 2 * 4 * h
            var numbers = SplitMix64(seed: 3)
            let rho = (0..<size).map { _ in Float(numbers.uniform(-0.6, 0.6)) }
            let (b, c, start, skip) = (
                numbers.normals(size), numbers.normals(size), numbers.normals(size), numbers.normals(h)
            )
            let (u, dy) = (numbers.normals(length * h), numbers.normals(length * h))
            var states = [Float](repeating: 0, count: (length + 1) * size)
            compare("scan", 2e-6) { fast in
                var y = [Float](repeating: 0, count: length * h)
                var state = start
                (fast ? mneme_s4d_scan : mneme_s4d_scan_reference)(
                    length, modes, h, rho, b, c, skip, u, &state, &y, &states)
                return y + state + states
            }
            compare("scan_backward", 3e-6) { fast in
                var lambda = start
                var drho = rho
                var db = b
                var dc = c
                var dskip = skip
                var du = dy
                (fast ? mneme_s4d_scan_backward : mneme_s4d_scan_backward_reference)(
                    length, modes, h, rho, b, c, skip, u, states, dy, &lambda, &drho, &db, &dc, &dskip, &du)
                return lambda + drho + db + dc + dskip + du
            }
        }

        @Test(arguments: [(1, 1), (4, 5), (16, 16), (21, 3)]) func theDualOperatorAgrees(
            width: Int, size: Int
        ) {
            let length = 9
            let heads = 3
            let all = 3 * size * width
            var numbers = SplitMix64(seed: 8)
            let x = numbers.normals(length * heads * width)
            let dy = numbers.normals(length * heads * width)
            let a = (0..<length * heads).map { _ in Float(-numbers.uniform(0, 2)) }
            let (b, c) = (numbers.normals(length * heads * size), numbers.normals(length * heads * size))
            let start = numbers.normals(all)
            var states = [Float](repeating: 0, count: (length + 1) * all)
            compare("ssd_scan", 3e-6) { fast in
                var y = x
                var state = start
                (fast ? mneme_ssd_scan : mneme_ssd_scan_reference)(
                    length, heads, width, size, x, a, b, c, &state, &y, &states)
                return y + state + states
            }
            compare("ssd_scan_backward", 3e-6) { fast in
                var lambda = start
                var dx = x
                var da = a
                var db = b
                var dc = c
                (fast ? mneme_ssd_scan_backward : mneme_ssd_scan_backward_reference)(
                    length, heads, width, size, x, a, b, c, states, dy, &lambda, &dx, &da, &db, &dc)
                return lambda + dx + da + db + dc
            }
        }

        @Test(arguments: [(1, 1, 1), (2, 3, 5), (7, 64, 24), (13, 70, 33), (96, 128, 64)])
        func theMatrixProductAgrees(m: Int, n: Int, k: Int) {
            var numbers = SplitMix64(seed: 4)
            let (a, b, bias, c) = (
                numbers.normals(m * k), numbers.normals(k * n), numbers.normals(n), numbers.normals(m * n)
            )
            for isTransposed in [false, true] {
                for accumulates in [false, true] {
                    compare("matrix", 3e-6) { fast in
                        var result = c
                        (fast ? mneme_s4d_matrix : mneme_s4d_matrix_reference)(
                            m, n, k, a, isTransposed ? 1 : k, isTransposed ? m : 1, b, n, bias,
                            accumulates ? 1 : 0, &result, n)
                        return result
                    }
                }
            }
        }

        @Test func theActivationsAgreeFromTailToTail() {
            let x = stride(from: Float(-40), to: 40, by: 0.01).map { $0 } + [-1e30, 1e30, 0, -0.0]
            // gelu' is near 1, gelu near x: the limit is two units in the last place of the largest.
            compare("gelu", 3e-7) { fast in
                var y = x
                (fast ? mneme_s4d_gelu : mneme_s4d_gelu_reference)(x.count - 4, x, &y)
                return Array(y.dropLast(4))
            }
            let ones = [Float](repeating: 1, count: x.count)
            compare("gelu_backward", 3e-7) { fast in
                var y = x
                (fast ? mneme_s4d_gelu_backward : mneme_s4d_gelu_backward_reference)(x.count, x, ones, &y)
                return y
            }
        }

        @Test(arguments: channels) func gatesAndNormsAgree(h: Int) {
            let rows = 6
            var numbers = SplitMix64(seed: 6)
            let (z, dy) = (numbers.normals(2 * rows * h, scale: 4), numbers.normals(rows * h))
            // Far from zero, so that a variance as a difference of squares would fail.
            let x = numbers.normals(rows * h).map { $0 + 100 }
            let (weight, bias) = (numbers.normals(h), numbers.normals(h))
            compare("glu", 1e-6) { fast in
                var y = dy
                var sum = dy
                (fast ? mneme_s4d_glu : mneme_s4d_glu_reference)(rows, h, z, 0, &y)
                (fast ? mneme_s4d_glu : mneme_s4d_glu_reference)(rows, h, z, 1, &sum)
                return y + sum
            }
            compare("glu_backward", 1e-6) { fast in
                var dz = z
                (fast ? mneme_s4d_glu_backward : mneme_s4d_glu_backward_reference)(rows, h, z, dy, &dz)
                return dz
            }
            // The input itself is rounded to 4e-6 at 100, and one channel has no variance at all.
            compare("layer_norm", 5e-5) { fast in
                var y = x
                (fast ? mneme_s4d_layer_norm : mneme_s4d_layer_norm_reference)(rows, h, x, weight, bias, &y)
                return y
            }
            compare("layer_norm_backward", 5e-5) { fast in
                var dx = dy
                var dw = weight
                var db = bias
                (fast ? mneme_s4d_layer_norm_backward : mneme_s4d_layer_norm_backward_reference)(
                    rows, h, x, weight, dy, &dx, &dw, &db)
                return dx + dw + db
            }
        }

        @Test(arguments: channels) func theReadoutAgreesAlsoForAPathWithoutHops(h: Int) {
            let offsets: [Int32] = [0, 3, 3, 8]
            var numbers = SplitMix64(seed: 7)
            let (x, slope) = (numbers.normals(8 * h), numbers.normals(3 * 2 * h))
            for largest in [Int32(0), 1] {
                compare("pool", 1e-6) { fast in
                    var pooled = slope
                    (fast ? mneme_s4d_pool : mneme_s4d_pool_reference)(h, 3, offsets, x, largest, &pooled)
                    return pooled
                }
                compare("pool_backward", 1e-6) { fast in
                    var dx = x
                    (fast ? mneme_s4d_pool_backward : mneme_s4d_pool_backward_reference)(
                        h, 3, offsets, x, largest, slope, &dx)
                    return dx
                }
            }
        }

        private func compare(_ name: String, _ limit: Double, _ run: (_ isFast: Bool) -> [Float]) {
            let reference = run(false)
            let before = DispatchLevel.current
            defer { before.use() }
            for level in DispatchLevel.all {
                level.use()
                let error = relativeError(run(true), reference)
                #expect(error <= limit, "\(name) on \(level.name): \(error)")
            }
        }
    }
}
