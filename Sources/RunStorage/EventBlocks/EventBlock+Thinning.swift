/// How old events of long jobs become fewer.
extension EventBlock {
    /// So many neighbours of a series become two: the smallest and the largest.
    static let thinnedTogether = 32

    /// Which events stay when the block is thinned: of every series in each run of 32 points the
    /// one with the smallest value and the one with the largest, and every event that is neither
    /// `episode` nor `metrics`.
    func thinned() -> [Bool] {
        var stays = formOfEvent.map { forms[$0].form.coding == .text }
        for (place, series) in series.enumerated() {
            let rows = formOfEvent.indices.filter { row in
                forms[formOfEvent[row]].series.contains(place)
            }
            var start = 0
            while start < rows.count {
                let end = min(start + Self.thinnedTogether, rows.count)
                var (smallest, largest) = (start, start)
                for index in start..<end {
                    // Anything is kept rather than what is no number.
                    let value = series.values[index]
                    if value < series.values[smallest] || series.values[smallest].isNaN {
                        smallest = index
                    }
                    if value > series.values[largest] || series.values[largest].isNaN {
                        largest = index
                    }
                }
                stays[rows[smallest]] = true
                stays[rows[largest]] = true
                start = end
            }
        }
        return stays
    }
}
