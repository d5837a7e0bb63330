package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch
import org.bulla.model.Failure

/** Follows a stream of the core for as long as [scope] lives. What ends it is told to [failed]; [again] asks for a new one. */
internal class Following<T>(
    scope: CoroutineScope,
    open: suspend () -> Flow<T>,
    failed: (Problem) -> Unit,
    show: suspend (T) -> Unit,
) {
    private val attempt = MutableStateFlow(0)

    init {
        scope.launch {
            attempt.collectLatest {
                try {
                    val stream = open()
                    // Who was cancelled while it opened may find it closed.
                    currentCoroutineContext().ensureActive()
                    stream.collect { show(it) }
                } catch (failure: Failure) {
                    failed(Problem.of(failure))
                }
            }
        }
    }

    fun again() {
        attempt.value += 1
    }
}

/** Runs a command of the core. What goes wrong is told to [failed]. */
internal suspend fun <T> attempt(failed: (Problem) -> Unit, command: suspend () -> T): T? = try {
    command()
} catch (failure: Failure) {
    failed(Problem.of(failure))
    null
}
