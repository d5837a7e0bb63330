package org.bulla.ui.model

import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.support.story
import org.bulla.ui.done
import org.bulla.ui.person
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Deleting an account. */
class DeleteTest {
    @Test
    fun deletesTheAccountAndLeavesNothing() = story {
        val person = person()
        val app = person.app
        app.go(Route.Delete)
        val model = checkNotNull(app.delete())
        model.setPassword("not this")
        model.delete().done("the refusal")
        assertEquals(Problem.Invalid(Field.PASSWORD, FieldTrouble.WRONG), model.state.value.problem)
        model.setPassword(person.user.password)
        model.delete().done("deleting")
        app.state.until("back at the start") { it.current == null && it.accounts.isEmpty() && it.here == Route.Welcome && it.hold == null }
        assertEquals(emptyMap<String, ByteArray>(), person.keys.all)
    }
}
