package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.Session
import org.bulla.deviceList
import org.bulla.model.AccountAction
import org.bulla.model.Barrier
import org.bulla.model.DeviceId
import org.bulla.model.DeviceInfo

data class DevicesState(
    /** This one first, then those that are new. */
    val devices: List<DeviceInfo> = emptyList(),
    val loading: Boolean = true,
    /** The server lets a new device in by this one. */
    val mayLink: Boolean = false,
    /** Those that are to be signed out, once the password is shown. */
    val leaving: List<DeviceId> = emptyList(),
    val busy: Boolean = false,
    /** Somebody else was signed in: the password should be another one. */
    val advice: Boolean = false,
    /** Where devices are signed out instead: another service signs this person in. */
    val page: String? = null,
    val problem: Problem? = null,
) {
    val others: List<DeviceInfo> get() = devices.filter { !it.current }
}

/** Where the account is signed in. */
class DevicesModel(private val session: Session, parent: CoroutineScope) : ScreenModel(parent) {
    private val states = MutableStateFlow(DevicesState())
    private val list: Following<List<DeviceInfo>>
    private var denied = false

    val state: StateFlow<DevicesState> = states.asStateFlow()

    init {
        val failed = { problem: Problem -> states.update { it.copy(loading = false, problem = problem) } }
        list = Following(scope, { session.deviceList() }, failed) { all ->
            val ordered = all.sortedWith(compareBy({ !it.current }, { !it.new }))
            states.update { it.copy(devices = ordered, loading = false) }
        }
        // Where it cannot be known, it is not offered.
        scope.launch { attempt({}) { session.mayLinkDevices() }?.let { may -> states.update { it.copy(mayLink = may) } } }
    }

    /** After the list could not be had. */
    fun retry() {
        states.update { it.copy(loading = true, problem = null) }
        list.again()
    }

    fun rename(device: DeviceId, name: String): Job = busy { session.renameDevice(device, name.trim()) }

    /** It was the person who signed in there. */
    fun acknowledge(device: DeviceId): Job = busy { session.acknowledgeDevice(device) }

    /** It was not: it is signed out, and another password advised. */
    fun deny(device: DeviceId) {
        denied = true
        states.update { it.copy(leaving = listOf(device), problem = null) }
    }

    fun leave(devices: List<DeviceId>) = states.update { it.copy(leaving = devices, problem = null) }

    fun stay() {
        denied = false
        states.update { it.copy(leaving = emptyList(), problem = null) }
    }

    /** Signs out those that are to be. */
    fun signOut(password: String): Job = busy {
        val devices = states.value.leaving
        session.signOutDevices(devices, password)
        states.update { it.copy(leaving = emptyList(), advice = denied) }
        denied = false
    }

    fun adviceSeen() = states.update { it.copy(advice = false) }

    fun problemSeen() = states.update { it.copy(problem = null) }

    private fun busy(command: suspend () -> Unit): Job {
        states.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            try {
                attempt(::failed, command)
                if (states.value.problem == Problem.Forbidden(Barrier.DELEGATED)) elsewhere()
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }

    private suspend fun elsewhere() {
        val device = states.value.leaving.singleOrNull()
        val action = device?.let(AccountAction::SignOutDevice) ?: AccountAction.Devices
        val page = attempt(::failed) { session.accountManagementUrl(action) } ?: return
        denied = false
        states.update { it.copy(page = page, leaving = emptyList(), problem = null) }
    }

    private fun failed(problem: Problem) = states.update { it.copy(problem = problem) }
}
