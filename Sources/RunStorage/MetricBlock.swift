internal import Training

/// The points of a stored block along one axis: what all series share is decoded once.
struct MetricBlock {
    private let reader: EventBlockReader
    private let positions: [Double]
    private let formOfEvent: [Int]

    init(_ reader: EventBlockReader, along axis: TrainingAxis) throws(RunStorageError) {
        self.reader = reader
        positions = try reader.positions(along: axis)
        formOfEvent = try reader.integers(.formOfEvent)
        guard positions.count == reader.count, formOfEvent.count == reader.count else {
            throw Self.differentLengths
        }
    }

    /// Where the points of a series lie, and their values; none where it has no point here.
    func points(of name: String) throws(RunStorageError) -> (x: [Double], y: [Double]) {
        guard let place = reader.seriesNames.firstIndex(of: name) else { return ([], []) }
        let values = try reader.values(ofSeries: place)
        let hasSeries = reader.forms.map { $0.series.contains(place) }
        var places: [Double] = []
        places.reserveCapacity(values.count)
        for (position, form) in zip(positions, formOfEvent) {
            guard hasSeries.indices.contains(form) else {
                throw .unreadable(
                    "a block of events has \(hasSeries.count) forms, not form \(form)"
                )
            }
            if hasSeries[form] { places.append(position) }
        }
        guard places.count == values.count else { throw Self.differentLengths }
        return (places, values)
    }

    private static let differentLengths =
        RunStorageError.unreadable("the columns of a block of events differ in length")
}
