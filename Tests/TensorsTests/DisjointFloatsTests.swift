import NumericExpectations
import Tensors
import Testing

@Suite(.timeLimit(.minutes(5))) struct DisjointFloatsTests {
    @Test("parts are written where they lie, columns with the rows' distance between them")
    func parts() {
        var buffer = FloatBuffer(count: 12)
        do {
            let floats = buffer.disjointParts
            var part = floats.part(0..<2)
            part.floats.fill(1)
            var column = floats.columns(1..<2, of: 3..<12, width: 3)
            #expect(column.floats.count == 8)
            for row in 0..<3 { column.floats[row * 3] = 2 }
            #expect(floats.span(3..<5)[1] == 2)
        }
        #expect(buffer.array == [1, 1, 0, 0, 2, 0, 0, 2, 0, 0, 2, 0])
    }

    @Test("parts meet where they hold the same float")
    func meeting() {
        let range = PartClaim(floats: 4..<10)
        #expect(range.meets(PartClaim(floats: 9..<11)))
        #expect(!range.meets(PartClaim(floats: 10..<11)))
        #expect(!range.meets(PartClaim(floats: 0..<4)))
        #expect(!range.meets(PartClaim(floats: 5..<5)))
        let columns = PartClaim(floats: 0..<12, width: 4, columns: 1..<3)
        #expect(!columns.meets(PartClaim(floats: 0..<12, width: 4, columns: 3..<4)))
        #expect(!columns.meets(PartClaim(floats: 0..<12, width: 4, columns: 0..<1)))
        #expect(columns.meets(PartClaim(floats: 0..<12, width: 4, columns: 2..<4)))
        #expect(columns.meets(range))
        #expect(!columns.meets(PartClaim(floats: 12..<24, width: 4, columns: 1..<3)))
    }

    @Test("a part that is written again once it is given up is no fault")
    func givenUp() {
        let claims = PartClaims()
        for _ in 0..<2 {
            claims.add(PartClaim(floats: 0..<4))
            claims.remove(PartClaim(floats: 0..<4))
        }
    }

    @Test("two parts that meet while both are written trap")
    func trap() async {
        await #expect(processExitsWith: .failure) {
            let claims = PartClaims()
            claims.add(PartClaim(floats: 0..<4))
            claims.add(PartClaim(floats: 3..<6))
        }
    }

    #if DEBUG
        @Test("debug builds trap where two parts of a buffer meet")
        func trapOfParts() async {
            await #expect(processExitsWith: .failure) {
                var buffer = FloatBuffer(count: 6)
                let floats = buffer.disjointParts
                var first = floats.part(0..<4)
                var second = floats.part(3..<6)
                first.floats.fill(1)
                second.floats.fill(1)
            }
        }
    #endif
}
