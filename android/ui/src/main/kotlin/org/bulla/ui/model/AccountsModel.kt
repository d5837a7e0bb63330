package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.SharingStarted
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.stateIn
import org.bulla.model.AccountId
import org.bulla.model.AccountSummary

data class AccountsState(val accounts: List<AccountSummary>, val current: AccountId?, val problem: Problem?)

/** The accounts on this device. */
class AccountsModel(private val app: AppModel, parent: CoroutineScope) : ScreenModel(parent) {
    val state: StateFlow<AccountsState> = app.state.map(::of).stateIn(scope, SharingStarted.Eagerly, of(app.state.value))

    fun switchTo(account: AccountId): Job = app.open(account)

    fun add() = app.addAccount()

    fun remove(account: AccountId, evenOffline: Boolean = false): Job = app.signOut(account, evenOffline)

    private fun of(state: AppState) = AccountsState(state.accounts, state.current?.id, state.problem)
}
