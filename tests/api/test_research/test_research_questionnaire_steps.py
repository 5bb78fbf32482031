"""Answers between two steps of a scale, which no figure can be made of."""


def test_a_questionnaire_of_steps_takes_whole_numbers_and_nasa_tlx_any(client, researcher, session):
    def send(**body):
        address = f"/api/v1/sessions/{session}/questionnaires"
        return client.post(address, headers=researcher, json=body)

    refused = send(instrument="sus", items=[3.5, *[3] * 8, 2.5])
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/items/0", "/items/9"]
    assert send(instrument="sus", items=[3.0] * 10).status_code == 201
    assert send(instrument="nasa-tlx", items=[12.5] * 6).status_code == 201
