import Bulla
import Foundation
import Testing

@testable import BullaModels

/// Codes and facts in words, without a server.
@Suite
struct WordsTest {
    @Test func hostileNamesStayOnTheirLine() {
        #expect(nameOf("@camille:a.example", "\u{202E}moc\u{200B}\u{FEFF}") == "moc")
        #expect(nameOf("@camille:a.example", "\u{200D}\u{3164}\n") == "camille")
        #expect(oneLine("one\r\n\ntwo\u{2028}three") == "one two three")
        #expect(oneLine(String(repeating: "a\u{301}", count: 100_000), 60).count == 60)
        #expect(EnglishWords().title(RoomTitle.named(text: " \u{200B} ")) == EnglishWords().emptyRoom)
    }

    @Test func problemsAreSaidInBothLanguages() {
        let problems: [Problem] = [
            .offline, .signInAgain(soft: true), .signInAgain(soft: false), .wait(seconds: 2), .notFound(.account),
            .notFound(.room), .notFound(.event), .notFound(.user), .notFound(.server), .notFound(.code), .invalid(.link, .malformed),
            .invalid(.password, .wrong), .invalid(.name, .empty), .invalid(.text, .tooLong), .refused(code: "M_FORBIDDEN"),
            .refused(code: "M_LIMIT"), .refused(code: "QR_CHECK_CODE"), .refused(code: "QR_EXPIRED"), .refused(code: "QR_CANCELLED"),
            .refused(code: "QR_UNSUPPORTED"), .refused(code: "QR_OTHER_SERVER"), .refused(code: "QR_REFUSED"), .untrusted(.certificate),
            .untrusted(.deviceCertificate), .untrusted(.notListed), .untrusted(.manifestOlder), .untrusted(.proofMissing),
            .untrusted(.proofExpired),
            .forbidden(.notProfessional), .forbidden(.notInvited), .forbidden(.signInWay), .forbidden(.otherInstance),
            .forbidden(.otherAccount), .storage(.full), .storage(.locked), .closed,
            .unexpected(reference: "a1"),
        ]
        let french = problems.map(FrenchWords().problem)
        #expect(Set(french).count == problems.count, "each says something of its own")
        #expect(zip(french, problems.map(EnglishWords().problem)).allSatisfy { $0 != $1 && !$1.isEmpty })
        #expect(FrenchWords().codeProblem(.offline) == FrenchWords().problemOffline)
        #expect(FrenchWords().codeProblem(.invalid(.link, .malformed)) == FrenchWords().problemNotThisCode)
        #expect([0, 7, 42].map(twoDigits) == ["00", "07", "42"])
    }

    @Test func theDeviceGivesTheLanguage() {
        #expect(Settings().words(preferred: ["de-DE", "fr-CA", "en"]) is FrenchWords)
        #expect(Settings().words(preferred: ["de-DE"]) is EnglishWords)
        #expect(Settings(language: .french).words(preferred: ["en"]) is FrenchWords)
    }

    @Test func discsAreReadable() {
        #expect(Disc.shades.allSatisfy { $0.contrastWithWhite >= 4.5 })
        #expect(Disc.shade(of: "@a:b") == Disc.shade(of: "@a:b"))
        #expect(Set((0..<100).map { Disc.shades.firstIndex(of: Disc.shade(of: "@\($0):b")) }).count > 5)
        #expect(Disc.initials(of: "camille de Laurent") == "CL")
        #expect(Disc.initials(of: "Équipe") == "É")
        #expect(Disc.initials(of: "\u{202E} !") == "#")
    }

    @Test func datesAreWrittenAsTheLanguageDoes() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "Europe/Paris"))
        func at(_ day: Int, _ month: Int = 11, _ year: Int = 2026) throws -> Date {
            try #require(calendar.date(from: DateComponents(year: year, month: month, day: day, hour: 12)))
        }
        let (now, words) = (try at(22), FrenchWords())
        #expect(words.day(now, now: now, calendar: calendar) == words.today)
        #expect(try words.moment(at(21), now: now, calendar: calendar) == words.yesterday)
        #expect(try words.day(at(5), now: now, calendar: calendar) == "Jeudi 5 novembre")
        #expect(try words.day(at(5, 3, 2025), now: now, calendar: calendar) == "5 mars 2025")
        #expect(try words.moment(at(5, 3, 2025), now: now, calendar: calendar) == "05/03/2025")
    }
}
