package org.bulla.app

import android.os.Looper
import androidx.compose.ui.test.junit4.createEmptyComposeRule
import androidx.lifecycle.ProcessLifecycleOwner
import androidx.test.core.app.ApplicationProvider
import java.time.Duration
import kotlin.time.TimeSource
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.bulla.Session
import org.bulla.model.RoomId
import org.bulla.model.SessionState
import org.bulla.stateFlow
import org.bulla.support.Agent
import org.bulla.support.DEADLINE
import org.bulla.support.Deployment
import org.bulla.support.Stage
import org.bulla.support.User
import org.bulla.ui.model.Route
import org.junit.rules.ExternalResource
import org.junit.runner.Description
import org.junit.runners.model.Statement
import org.robolectric.Shadows.shadowOf

/** The phone of a test: one app, and whoever it meets. The test's thread is the phone's main thread, so that to wait is to let it run. */
class Phone : ExternalResource() {
    val app: TestApplication get() = ApplicationProvider.getApplicationContext()
    val model get() = app.process.model

    /** What draws: its clock stands still unless it is asked, so that nothing that turns for ever keeps the phone's thread busy. */
    val compose = createEmptyComposeRule()

    /** Other people, with apps of their own. */
    val stage = Stage()

    /** Waits until there is an answer. */
    fun <T : Any> eventually(what: String, answer: () -> T?): T = eventually({ what }, answer)

    private fun <T : Any> eventually(what: () -> String, answer: () -> T?): T {
        val end = TimeSource.Monotonic.markNow() + DEADLINE
        while (true) {
            shadowOf(Looper.getMainLooper()).idleFor(STEP)
            answer()?.let { return it }
            if (end.hasPassedNow()) throw AssertionError("not in time: ${what()}; the app: ${model.state.value}")
            Thread.sleep(STEP.toMillis())
        }
    }

    fun until(what: String, holds: () -> Boolean) {
        eventually(what) { true.takeIf { holds() } }
    }

    /** Runs [work] on other threads while the phone goes on. */
    fun <T> await(what: String, work: suspend () -> T): T = await({ what }, work)

    private fun <T> await(what: () -> String, work: suspend () -> T): T {
        val job = CoroutineScope(Dispatchers.Default).async { work() }
        eventually(what) { true.takeIf { job.isCompleted } }
        return runBlocking { job.await() }
    }

    /** A new person, signed in through the app's own model. */
    fun signIn(server: Int = 0): User {
        val user = await("a new user") { Deployment.newUser(server) }
        model.go(Route.SignIn)
        model.signIn().run {
            setServer(user.homeserver)
            setUser(user.id)
            setPassword(user.password)
            submit()
        }
        until("signed in") { model.session != null }
        return user
    }

    /** Nothing of the app is seen, so that its session is put to rest, without a connection: it goes on all the same. */
    fun wake() {
        state("at rest") { it is SessionState.Paused }
        await("the session goes on") { session.resume() }
    }

    /** Someone else, and the conversation between the two. */
    fun meet(): Pair<Agent, RoomId> = await("a conversation") {
        val friend = stage.agent()
        val room = session.createDirect(friend.id)
        friend.accept(room)
        friend to room
    }

    val session: Session get() = checkNotNull(model.session) { "nobody is signed in" }

    fun state(what: String, wanted: (SessionState) -> Boolean): SessionState {
        var seen: SessionState? = null
        return await({ "the state $what, but $seen with ${ProcessLifecycleOwner.get().lifecycle.currentState}" }) {
            session.stateFlow().first { seen = it; wanted(it) }
        }
    }

    override fun apply(base: Statement, description: Description): Statement = super.apply(compose.apply(base, description), description)

    override fun after() {
        try {
            await("the end of the others") { stage.end() }
        } finally {
            await("the end of the app") { app.end() }
            // What androidx does some time after the last screen has gone.
            shadowOf(Looper.getMainLooper()).idleFor(Duration.ofSeconds(2))
        }
    }

    private companion object {
        val STEP: Duration = Duration.ofMillis(10)
    }
}
