import BullaModels
import UserNotifications

/// What arrives by push is shown as it is meant to be where nothing can be read: a new message, of nobody, saying nothing.
///
/// The library cannot fetch and decrypt a single event yet: that comes with push, and so do the gateway that would wake
/// this extension and the registration for it. Until then no push is sent, and nothing here opens an account.
final class NotificationService: UNNotificationServiceExtension {
    override func didReceive(_ request: UNNotificationRequest, withContentHandler show: @escaping (UNNotificationContent) -> Void) {
        let words = Settings().words()
        let content = UNMutableNotificationContent()
        content.title = words.appName
        content.body = words.notificationText
        content.sound = .default
        show(content)
    }
}
