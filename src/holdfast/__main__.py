"""Run the command line as `python -m holdfast`. Nothing else happens here."""

from holdfast.cli.main import main

if __name__ == "__main__":
    main()
