import HTTPServing
import Testing

@Suite(.timeLimit(.minutes(5))) struct DateTests {
    @Test(
        "a date is written and read back",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
        ]
    )
    func roundTrip(seconds: Int, text: String) {
        #expect(HTTPDate(secondsSinceEpoch: seconds).text == text)
        #expect(HTTPDate(text)?.secondsSinceEpoch == seconds)
    }

    @Test("the two older forms are read")
    func olderForms() {
        #expect(HTTPDate("Sunday, 06-Nov-94 08:49:37 GMT")?.secondsSinceEpoch == 784_111_777)
        #expect(HTTPDate("Sun Nov  6 08:49:37 1994")?.secondsSinceEpoch == 784_111_777)
        #expect(HTTPDate("Friday, 01-Jan-38 00:00:00 GMT")?.secondsSinceEpoch == 2_145_916_800)
    }

    @Test(
        "what is no date is none",
        arguments: [
            "", "yesterday", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994",
            "Xyz, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT",
        ]
    )
    func malformed(text: String) {
        #expect(HTTPDate(text) == nil)
    }

    @Test("a date of any of 400 years is written and read back")
    func calendar() {
        for day in stride(from: 0, to: 146_097, by: 13) {
            let date = HTTPDate(secondsSinceEpoch: day * 86_400)
            #expect(HTTPDate(date.text) == date)
        }
    }
}
