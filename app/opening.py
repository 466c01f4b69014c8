"""Opens a store and finds how its references are keyed: at the start, or as soon as a store answers that did not."""

from app.contacts import References, open_references
from app.errors import StoreError
from app.records import Store


class LateReferences(References):
    """References under a key that is known once the store was opened; until then no customer is told from another."""

    def __init__(self) -> None:
        super().__init__(b"")

    @property
    def is_known(self) -> bool:
        """Whether the key is known."""
        return bool(self.key)

    def settle(self, known: References) -> None:
        """Use the key of these from now on."""
        object.__setattr__(self, "key", known.key)  # frozen for everybody else

    def digest(self, ref: str) -> str:
        """See `References`. Raises StoreError while the key is not known."""
        if not self.is_known:
            raise StoreError("the store was not reached yet", is_out_of_reach=True)
        return super().digest(ref)


class Opening:
    """The store of one process, which may not answer yet; what is made of it raises StoreError until it does."""

    def __init__(self, url: str, ref_key: str | None) -> None:
        self.store = Store()
        self.references = LateReferences()
        self._url = url
        self._ref_key = ref_key

    async def complete(self) -> None:
        """Open what is not open yet.

        Raises:
            StoreError: if the store cannot be reached, or is not one that this version can use.
            ConfigurationError: if its references were keyed otherwise.
        """
        if not self.store.is_open:
            await self.store.open(self._url)
        if not self.references.is_known:
            self.references.settle(await open_references(self.store, self._ref_key))
