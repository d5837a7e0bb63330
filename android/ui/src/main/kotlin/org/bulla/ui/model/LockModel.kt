package org.bulla.ui.model

import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.bulla.AppLock
import org.bulla.model.AppLockState
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.stateFlow

data class LockModelState(
    /** How the lock stands; null until it is known. */
    val lock: AppLockState? = null,
    /** The PIN that there is. */
    val pin: String = "",
    /** The one that is to be, twice. */
    val new: String = "",
    val again: String = "",
    /** In how many seconds a PIN is looked at again. */
    val wait: Int = 0,
    val busy: Boolean = false,
    /** What was asked for is done. */
    val done: Boolean = false,
    val problem: Problem? = null,
) {
    val wrong: Boolean get() = problem == Problem.Invalid(Field.PIN, FieldTrouble.WRONG)

    /** What the new PIN lacks. */
    val lacks: FieldTrouble? get() = (problem as? Problem.Invalid)?.takeIf { it.field == Field.PIN && !wrong }?.why
    val differ: Boolean get() = again.isNotEmpty() && !new.startsWith(again)
    val chosen: Boolean get() = new.isNotEmpty() && new == again
    val mayUnlock: Boolean get() = pin.isNotEmpty() && wait == 0 && !busy
}

/** Shows a PIN to the lock of the app, and sets, changes and removes it. */
class LockModel(private val lock: AppLock, parent: CoroutineScope) : ScreenModel(parent) {
    private val states = MutableStateFlow(LockModelState())
    private var counting: Job? = null

    val state: StateFlow<LockModelState> = states.asStateFlow()

    init {
        Following(scope, { lock.stateFlow() }, ::failed) { now ->
            states.update { it.copy(lock = now) }
            (now as? AppLockState.Locked)?.wait?.let { countDown(it.seconds.toInt() + 1) }
        }
    }

    fun setPin(pin: String) = states.update { it.copy(pin = pin, problem = null, done = false) }

    fun setNew(new: String) = states.update { it.copy(new = new, problem = null, done = false) }

    fun setAgain(again: String) = states.update { it.copy(again = again, problem = null, done = false) }

    fun unlock(): Job = command { lock.unlock(it.pin) }

    fun choose(): Job = command { asked ->
        val off = states.first { it.lock != null }.lock is AppLockState.Off
        if (off) lock.setPin(asked.new) else lock.changePin(asked.pin, asked.new)
    }

    fun remove(): Job = command { lock.removePin(it.pin) }

    fun lockNow(): Job = command { lock.lock() }

    /** Whatever was typed is forgotten when it was of use, and a wrong PIN when it was not. */
    private fun command(work: suspend (LockModelState) -> Unit): Job {
        val asked = states.value
        if (asked.busy) return Job().also { it.complete() }
        states.update { it.copy(busy = true, done = false, problem = null) }
        return scope.launch {
            try {
                attempt(::failed) {
                    work(asked)
                    states.update { it.copy(pin = "", new = "", again = "", done = true) }
                }
            } finally {
                states.update { it.copy(busy = false) }
            }
        }
    }

    private fun failed(problem: Problem) = when (problem) {
        is Problem.Wait -> countDown(problem.seconds)
        else -> states.update { it.copy(pin = "", problem = problem) }
    }

    private fun countDown(from: Int) {
        counting?.cancel()
        states.update { it.copy(wait = from) }
        counting = scope.launch {
            while (states.value.wait > 0) {
                delay(1.seconds)
                states.update { it.copy(wait = it.wait - 1) }
            }
        }
    }
}
