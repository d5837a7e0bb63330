package org.bulla.ui

import org.bulla.model.Barrier
import org.bulla.support.Deployment
import org.bulla.support.Stage
import org.bulla.ui.model.Problem
import org.bulla.ui.model.Route
import org.junit.jupiter.api.Assertions.assertEquals

/** Someone who invites people by their addresses, at each step of it, before what [look] sees of it. */
suspend fun Stage.invitingByEmail(look: suspend Person.(String) -> Unit) {
    val offices = offices(identity = true)
    val user = Deployment.newUser(0)
    val (own, colleague, outside) = listOf(Deployment.giveEmail(user), "camille.laurent@prefecture.example", "jeanne.petit@fournisseur.example")
    offices.list(own, 0)
    offices.list(colleague, 0)
    offices.list(outside, 1)
    val person = newcomer(offices.trust)
    person.app.start().done("the start")
    person.app.go(Route.SignIn)
    val entry = person.app.entry()
    entry.setEmail(own)
    entry.find().done("finding it")
    entry.setPassword(user.password)
    entry.submit().done("signing in")
    person.app.state.until("signed in") { it.current?.user == user.id }
    person.live()

    val start = Route.NewConversation()
    person.app.go(start)
    val search = checkNotNull(person.app.newConversation(start))
    search.setSearch(" ${colleague.uppercase()}")
    search.state.until("the offer") { it.email == colleague && it.searched == it.search }
    person.look("new-email")
    person.app.newGroupWith(colleague)
    val group = checkNotNull(person.app.newConversation(Route.NewGroup))
    group.setSearch(outside)
    group.state.until("the next") { it.email == outside && it.searched == it.search }
    group.chooseEmail(outside)
    group.setGroupName("Cellule")
    assertEquals(listOf(colleague, outside), group.state.value.emails)
    person.look("new-group-email")
    group.createGroup().done("the group")
    val half = group.state.value
    assertEquals(listOf(outside) to Problem.Forbidden(Barrier.GUEST), half.emails to half.problem)
    person.look("new-group-email-guest")
    group.removeEmail(outside)
    group.createGroup().done("going on")
    val room = (person.app.state.value.here as Route.Conversation).room
    assertEquals(half.made, room)

    person.app.go(Route.Details(room))
    val details = checkNotNull(person.app.details(room))
    details.state.until("a mail that waits") { it.mailed.size == 1 && !it.loading }
    person.look("details-mailed")
    details.invite(outside).done("the refusal")
    assertEquals(Problem.Forbidden(Barrier.GUEST), details.state.value.problem)
    details.revoke(details.state.value.mailed.single()).done("taking it back")
    details.state.until("nobody waits") { it.mailed.isEmpty() && it.problem == null }
    details.invite(colleague).done("once more")
    details.state.until("a mail again") { it.mailed.size == 1 && it.problem == null }
}
