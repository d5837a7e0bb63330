import BackgroundTasks
import Bulla
import BullaModels
import UIKit

/// Lets the accounts catch up now and then while the app is not shown. The system decides when, and how often.
enum BackgroundRefresh {
    static let task = "org.bulla.app.refresh"

    static func plan() {
        let request = BGAppRefreshTaskRequest(identifier: task)
        request.earliestBeginDate = .now.addingTimeInterval(15 * 60)
        // Refused where the person has turned background refresh off: nothing else is lost.
        try? BGTaskScheduler.shared.submit(request)
    }

    @MainActor
    static func run(_ start: AppStart) async {
        plan()
        await start.begin()
        guard let app = start.app else { return }
        await app.resume()
        if let session = app.session { await caughtUp(session) }
        // Someone may have opened the app meanwhile.
        if UIApplication.shared.applicationState == .background { await app.pause() }
    }

    /// Waits until the session is up to date, or cannot be; the system cancels the task when its time is over.
    private static func caughtUp(_ session: Session) async {
        do {
            for try await state in session.stateUpdates {
                switch state {
                case .attaching, .paused: continue
                case .live, .offline, .mustChoosePassword, .expired, .signedOut, .erased, .failed: return
                }
            }
        } catch {
            // The screen says what is wrong with the session when it is shown.
        }
    }
}
