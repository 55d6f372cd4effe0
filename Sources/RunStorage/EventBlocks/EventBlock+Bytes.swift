/// A block as bytes: its forms and series, the length of each column, then the columns.
extension EventBlock {
    /// The columns that every block has, in the order in which they are stored.
    enum Column: Int, CaseIterable {
        case sequences
        case numbers
        case agentSteps
        case environmentFrames
        case gradientUpdates
        case episodes
        case wallSeconds
        case milliseconds
        case formOfEvent
        case episodeNumbers
        case truncations
        case texts
    }

    static let version: UInt8 = 1

    var bytes: [UInt8] {
        var directory: [UInt8] = [Self.version]
        directory.append(varint: UInt(count))
        directory.append(varint: UInt(series.count))
        for series in series {
            directory.append(text: series.name)
            directory.append(varint: UInt(series.values.count))
        }
        directory.append(varint: UInt(forms.count))
        for known in forms {
            directory.append(text: known.form.name)
            directory.append(known.form.coding.rawValue)
            directory.append(varint: UInt(known.series.count))
            for place in known.series { directory.append(varint: UInt(place)) }
        }
        var columns: [UInt8] = []
        columns.reserveCapacity(count * 16)
        func close(since start: Int) {
            directory.append(varint: UInt(columns.count - start))
        }
        for column in Column.allCases {
            let start = columns.count
            append(column, to: &columns)
            close(since: start)
        }
        for series in series {
            let start = columns.count
            NumberColumn.append(series.values, to: &columns)
            close(since: start)
        }
        return directory + columns
    }

    private func append(_ column: Column, to bytes: inout [UInt8]) {
        switch column {
        case .sequences: IntegerColumn.append(sequences, to: &bytes)
        case .numbers: IntegerColumn.append(numbers, to: &bytes)
        case .agentSteps: IntegerColumn.append(agentSteps, to: &bytes)
        case .environmentFrames: IntegerColumn.append(environmentFrames, to: &bytes)
        case .gradientUpdates: IntegerColumn.append(gradientUpdates, to: &bytes)
        case .episodes: IntegerColumn.append(episodes, to: &bytes)
        case .wallSeconds: NumberColumn.append(wallSeconds, to: &bytes)
        case .milliseconds: IntegerColumn.append(milliseconds, to: &bytes)
        case .formOfEvent: IntegerColumn.append(formOfEvent, to: &bytes)
        case .episodeNumbers: IntegerColumn.append(episodeNumbers, to: &bytes)
        case .truncations: IntegerColumn.append(truncations, to: &bytes)
        case .texts: for text in texts { bytes.append(text: text) }
        }
    }

    init(_ bytes: [UInt8]) throws(RunStorageError) {
        let reader = try EventBlockReader(bytes)
        self.init()
        sequences = try reader.integers(.sequences)
        numbers = try reader.integers(.numbers)
        agentSteps = try reader.integers(.agentSteps)
        environmentFrames = try reader.integers(.environmentFrames)
        gradientUpdates = try reader.integers(.gradientUpdates)
        episodes = try reader.integers(.episodes)
        wallSeconds = try reader.wallSeconds()
        milliseconds = try reader.integers(.milliseconds)
        formOfEvent = try reader.integers(.formOfEvent)
        episodeNumbers = try reader.integers(.episodeNumbers)
        truncations = try reader.integers(.truncations)
        texts = try reader.texts()
        textBytes = texts.reduce(0) { $0 + $1.utf8.count }
        forms = reader.forms
        for (place, name) in reader.seriesNames.enumerated() {
            series.append(Series(name: name, values: try reader.values(ofSeries: place)))
        }
        try checkLengths()
    }

    /// Throws where the columns do not fit together, before anything is read from them.
    private func checkLengths() throws(RunStorageError) {
        var (episodes, texts) = (0, 0)
        var values = Array(repeating: 0, count: series.count)
        for form in formOfEvent {
            guard forms.indices.contains(form) else {
                throw .unreadable("a block of events has \(forms.count) forms, not form \(form)")
            }
            if forms[form].form.coding == .episode { episodes += 1 }
            if forms[form].form.coding == .text { texts += 1 }
            for place in forms[form].series { values[place] += 1 }
        }
        let counts = [
            numbers.count, agentSteps.count, environmentFrames.count, gradientUpdates.count,
            self.episodes.count, wallSeconds.count, milliseconds.count, formOfEvent.count,
        ]
        guard counts.allSatisfy({ $0 == count }), episodeNumbers.count == episodes,
            truncations.count == episodes, self.texts.count == texts,
            zip(series, values).allSatisfy({ $0.values.count == $1 })
        else { throw .unreadable("the columns of a block of events differ in length") }
    }
}
