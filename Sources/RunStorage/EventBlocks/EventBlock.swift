internal import Training

/// Up to about a thousand events of one job, oldest first, column by column.
///
/// An event and the points of its series are one row: positions are stored once, and the text of
/// an `episode` or `metrics` event is made from its numbers when it is read.
struct EventBlock: Sendable {
    struct Series: Sendable {
        var name: String
        var values: [Double] = []
    }

    /// A form with the places of its series in `series`.
    struct KnownForm: Sendable {
        var form: StoredEntry.Form
        var series: [Int]
    }

    /// A block has no more events.
    static let mostEvents = 1024
    /// A block with so many bytes of text takes no more events.
    static let mostTextBytes = 32_768
    /// The numbers over all jobs of a block's events lie closer together than this, so that a
    /// reader of all jobs finds its place by looking at so many numbers.
    static let mostNumbers = 16_384

    var sequences: [Int] = []
    var numbers: [Int] = []
    var positions: [TrainingPosition] = []
    var milliseconds: [Int] = []
    /// Which of `forms` each event has.
    var formOfEvent: [Int] = []
    var forms: [KnownForm] = []
    var series: [Series] = []
    /// Of the events coded as episodes: their numbers.
    var episodeNumbers: [Int] = []
    /// Of the events coded as episodes: 1 where time ran out.
    var truncations: [Int] = []
    /// Of the events coded as text.
    var texts: [String] = []
    var textBytes = 0
    private var episodeForm: Int?

    var count: Int { sequences.count }

    /// Whether an event with this number over all jobs may be appended.
    func hasRoom(for number: Int) -> Bool {
        guard let first = numbers.first else { return true }
        return count < Self.mostEvents && textBytes < Self.mostTextBytes
            && number - first < Self.mostNumbers
    }

    mutating func append(_ event: TrainingEvent, sequence: Int, number: Int) {
        // The quickest jobs end a million episodes a second: theirs is a path without allocations.
        guard case .episode(let episode) = event.kind else {
            return append(StoredEntry(event, sequence: sequence, number: number))
        }
        let form = episodeForm ?? place(of: StoredEntry.episodeForm)
        episodeForm = form
        appendPlace(
            sequence: sequence,
            number: number,
            position: event.position,
            milliseconds: Int(exactly: (event.time * 1000).rounded(.down)) ?? 0,
            form: form
        )
        series[forms[form].series[0]].values.append(episode.episodeReturn)
        series[forms[form].series[1]].values.append(Double(episode.length))
        episodeNumbers.append(episode.number)
        truncations.append(episode.isTruncated ? 1 : 0)
    }

    mutating func append(_ entry: StoredEntry) {
        let form = place(of: entry.form)
        appendPlace(
            sequence: entry.sequence,
            number: entry.number,
            position: entry.position,
            milliseconds: entry.milliseconds,
            form: form
        )
        for (place, value) in zip(forms[form].series, entry.values) {
            series[place].values.append(value)
        }
        switch entry.detail {
        case .metrics: break
        case .episode(let number, let isTruncated):
            episodeNumbers.append(number)
            truncations.append(isTruncated ? 1 : 0)
        case .text(let text):
            texts.append(text)
            textBytes += text.utf8.count
        }
    }

    private mutating func appendPlace(
        sequence: Int,
        number: Int,
        position: TrainingPosition,
        milliseconds: Int,
        form: Int
    ) {
        sequences.append(sequence)
        numbers.append(number)
        positions.append(position)
        self.milliseconds.append(milliseconds)
        formOfEvent.append(form)
    }

    private mutating func place(of form: StoredEntry.Form) -> Int {
        if let place = forms.firstIndex(where: { $0.form == form }) { return place }
        let places = form.series.map { name in
            if let place = series.firstIndex(where: { $0.name == name }) { return place }
            series.append(Series(name: name))
            return series.count - 1
        }
        forms.append(KnownForm(form: form, series: places))
        return forms.count - 1
    }

    /// The events, one by one, of those that `isWanted` chooses by their row.
    func entries(where isWanted: (Int) -> Bool = { _ in true }) -> [StoredEntry] {
        var entries: [StoredEntry] = []
        var next = Array(repeating: 0, count: series.count)
        var (episode, text) = (0, 0)
        for row in 0..<count {
            let known = forms[formOfEvent[row]]
            let values = known.series.map { place in
                next[place] += 1
                return series[place].values[next[place] - 1]
            }
            let detail: StoredEntry.Detail
            switch known.form.coding {
            case .metrics: detail = .metrics
            case .episode:
                detail = .episode(
                    number: episodeNumbers[episode],
                    isTruncated: truncations[episode] != 0
                )
                episode += 1
            case .text:
                detail = .text(texts[text])
                text += 1
            }
            guard isWanted(row) else { continue }
            entries.append(
                StoredEntry(
                    sequence: sequences[row],
                    number: numbers[row],
                    position: positions[row],
                    milliseconds: milliseconds[row],
                    form: known.form,
                    values: values,
                    detail: detail
                )
            )
        }
        return entries
    }
}
