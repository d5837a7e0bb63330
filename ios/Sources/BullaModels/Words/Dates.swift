import Foundation

// Dates and times as the language writes them, in the zone of the device.

extension Words {
    /// 14:05.
    public func time(_ at: Date) -> String { at.formatted(.dateTime.hour().minute().locale(formats)) }

    /// The heading above a day's messages.
    public func day(_ at: Date, now: Date = .now, calendar: Calendar = .current) -> String {
        if let near = near(at, now, calendar) { return near }
        let sameYear = calendar.component(.year, from: at) == calendar.component(.year, from: now)
        let style = Date.FormatStyle(locale: formats, calendar: calendar, timeZone: calendar.timeZone)
        let day = at.formatted(sameYear ? style.weekday(.wide).day().month(.wide) : style.day().month(.wide).year())
        return day.prefix(1).uppercased() + day.dropFirst()
    }

    /// When a conversation last moved, as short as it can be said.
    public func moment(_ at: Date, now: Date = .now, calendar: Calendar = .current) -> String {
        if calendar.isDate(at, inSameDayAs: now) { return time(at) }
        if let near = near(at, now, calendar) { return near }
        let days = calendar.dateComponents([.day], from: calendar.startOfDay(for: at), to: now).day ?? 0
        let style = Date.FormatStyle(locale: formats, calendar: calendar, timeZone: calendar.timeZone)
        return at.formatted((0..<7).contains(days) ? style.weekday() : style.day(.twoDigits).month(.twoDigits).year())
    }

    private func near(_ at: Date, _ now: Date, _ calendar: Calendar) -> String? {
        if calendar.isDate(at, inSameDayAs: now) { return today }
        guard let before = calendar.date(byAdding: .day, value: -1, to: now) else { return nil }
        return calendar.isDate(at, inSameDayAs: before) ? yesterday : nil
    }

    /// British dates with English: 24 hours and the day first, as Europe writes them.
    private var formats: Locale { locale.identifier == "en" ? Locale(identifier: "en_GB") : locale }
}
