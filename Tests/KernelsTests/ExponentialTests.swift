import Foundation
import StateSpace
import Testing

@Suite struct ExponentialTests {
    /// Every 97th float of both signs, against libm's double; the unit is the reference's last place.
    @Test(arguments: KernelTable.levels) func exponentialIsWithinTwoUnitsInTheLastPlace(
        _ kernels: KernelTable
    ) {
        let chunk = 4096
        let x = FloatBuffer(chunk)
        let y = FloatBuffer(chunk)
        var worst = 0.0
        var at: Float = 0
        for sign in [UInt32(0), 0x8000_0000] {
            for base in stride(from: UInt32(0), to: 0x42d0_0000, by: chunk * 97) {
                for index in 0..<chunk {
                    x.start[index] = Float(bitPattern: (base + UInt32(index) * 97) | sign)
                }
                kernels.functions.exp(x.start, chunk, y.start)
                for index in 0..<chunk {
                    let exact = exp(Double(x.start[index]))
                    guard exact <= Double(Float.greatestFiniteMagnitude) else { continue }
                    let unit = max(Double(Float(exact).ulp), Double(Float.leastNonzeroMagnitude))
                    let error = abs(Double(y.start[index]) - exact) / unit
                    if !(error <= worst) { (worst, at) = (error, x.start[index]) }
                }
            }
        }
        print("exp \(kernels.name): \(worst) ulp at \(at)")
        #expect(worst <= 2)
    }

    @Test(arguments: KernelTable.levels) func exponentialKeepsTheEdges(_ kernels: KernelTable) {
        let x = FloatBuffer([.infinity, -.infinity, .nan, 88.8, -104.5, 0, -0.0])
        kernels.functions.exp(x.start, x.count, x.start)
        #expect(x.start[0] == .infinity)
        #expect(x.start[1] == 0)
        #expect(x.start[2].isNaN)
        #expect(x.start[3] == .infinity)
        #expect(x.start[4] == 0)
        #expect(x.start[5] == 1)
        #expect(x.start[6] == 1)
    }
}
