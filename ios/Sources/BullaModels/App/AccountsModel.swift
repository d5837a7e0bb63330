import Bulla
import Observation

/// The accounts on this device.
@MainActor
@Observable
public final class AccountsModel: ScreenModel {
    @ObservationIgnored private unowned let app: AppModel

    init(_ app: AppModel) {
        self.app = app
    }

    public var accounts: [AccountSummary] { app.accounts }
    public var current: AccountId? { app.current?.id }
    public var problem: Problem? { app.problem }

    public func switchTo(_ account: AccountId) async { await app.open(account) }

    public func add() { app.addAccount() }

    public func remove(_ account: AccountId, evenOffline: Bool = false) async {
        await app.signOut(account, evenOffline: evenOffline)
    }

    public func close() {}
}
